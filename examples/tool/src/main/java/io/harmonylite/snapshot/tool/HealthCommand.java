package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.health.StreamHealth;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reports the health of snapshots and streams. */
@Command(
        name = "health",
        description = {
            "Reports the health of the snapshots in the store; with --nats and --stream also of the streams; with "
                    + "--sequence-map also the lag of a node. Changes nothing.",
            "The status is 0 if all is well, 1 if something is stale, 5 if something fails, and 6 if a node must be"
                    + " recovered."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool health --store file:/backup --name orders --max-age 12h --json",
            "  snapshot-tool health --store file:/backup --name orders --nats nats://localhost:4222 \\",
            "      --stream harmonylite-changes-c-1 --sequence-map /var/lib/orders.seq-map"
        })
final class HealthCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final HealthOptions options = new HealthOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        HealthPolicy policy = options.policy();
        NatsOptions nats = options.nats(store);
        try (SnapshotStore opened = store.open()) {
            SnapshotHealth health =
                    options.health(store.repository(name.toString(), opened).build(), policy, nats);
            output.result(document(name.toString(), health), lines(health));
            return status(health.state()).code();
        }
    }

    static ExitStatus status(HealthState state) {
        return switch (state) {
            case OK -> ExitStatus.DONE;
            case STALE -> ExitStatus.FAILED;
            case FAILING -> ExitStatus.UNAVAILABLE;
            case RESTORING -> ExitStatus.BUSY;
            case GAP -> ExitStatus.DECISION;
        };
    }

    static Map<String, @Nullable Object> document(String name, SnapshotHealth health) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("state", Text.word(health.state()));
        document.put(
                "reasons",
                health.reasons().stream().map(HealthCommand::document).toList());
        document.put("checkedAt", health.facts().now());
        health.facts().newest().map(SnapshotInfo::id).ifPresent(id -> document.put("newest", id));
        health.newestAge().ifPresent(age -> document.put("newestAgeSeconds", Documents.seconds(age)));
        health.facts().lastProof().map(SnapshotProof::snapshot).ifPresent(id -> document.put("proven", id));
        health.proofAge().ifPresent(age -> document.put("proofAgeSeconds", Documents.seconds(age)));
        document.put("snapshots", health.facts().snapshots());
        document.put("storedBytes", health.facts().bytesStored());
        document.put(
                "streams",
                health.facts().streams().stream().map(HealthCommand::document).toList());
        return document;
    }

    private static Map<String, @Nullable Object> document(HealthReason reason) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("cause", Text.word(reason.cause()));
        document.put("state", Text.word(reason.cause().state()));
        document.put("sentence", reason.sentence());
        return document;
    }

    private static Map<String, @Nullable Object> document(StreamHealth stream) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("stream", stream.stream());
        document.put("first", stream.first());
        document.put("last", stream.last());
        document.put("saved", stream.saved());
        document.put("lag", stream.lag());
        document.put("headroom", stream.headroom().share());
        return document;
    }

    static List<String> lines(SnapshotHealth health) {
        List<String> lines = new ArrayList<>();
        lines.add(health.state() + ": " + Text.count(health.facts().snapshots(), "snapshot") + ", "
                + Text.bytes(health.facts().bytesStored()));
        health.reasons().forEach(reason -> lines.add("  " + Text.word(reason.cause()) + "  " + reason.sentence()));
        health.facts()
                .streams()
                .forEach(stream -> lines.add("  " + stream.stream() + "  messages " + stream.first() + " to "
                        + stream.last() + ", lag " + stream.lag() + ", headroom "
                        + Math.round(100 * stream.headroom().share()) + " %"));
        return lines;
    }
}

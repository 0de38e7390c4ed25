package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.health.StreamHealth;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class HealthCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @ArgGroup(exclusive = false)
    private @Nullable StreamOptions streams;

    @Option(
            names = "--sequence-map",
            paramLabel = "FILE",
            description = "Sequence map of a node; neither locked nor written.")
    private @Nullable Path sequenceMap;

    @Option(
            names = "--max-age",
            paramLabel = "DURATION",
            description = "Maximum age of the newest snapshot; default: 24h.")
    private @Nullable Duration maxAge;

    @Option(
            names = "--max-proof-age",
            paramLabel = "DURATION",
            description = "Maximum time since a snapshot was last proven; default: 7d.")
    private @Nullable Duration maxProofAge;

    @Option(
            names = "--min-headroom",
            paramLabel = "SHARE",
            description = "Minimum share of its headroom that each stream has left; default: 0.25.")
    private @Nullable Double minHeadroom;

    @Option(
            names = "--max-lag",
            paramLabel = "N",
            description = "Maximum number of messages that the node is behind a stream; default: unlimited.")
    private @Nullable Long maxLag;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        HealthPolicy policy = policy();
        NatsOptions nats = (streams == null ? store.use() : store.use("nats")).nats();
        try (SnapshotStore opened = store.open()) {
            SnapshotHealth health = health(SnapshotRepository.of(name.toString(), opened), policy, nats);
            output.result(document(health), lines(health));
            return status(health.state()).code();
        }
    }

    private SnapshotHealth health(SnapshotRepository repository, HealthPolicy policy, NatsOptions nats)
            throws IOException {
        if (streams == null) {
            return repository.health(policy);
        }
        if (sequenceMap == null) {
            return streams.run(spec.commandLine(), nats, followed -> repository.health(followed, policy));
        }
        Positions positions = SequenceMaps.read(sequenceMap).positions();
        return streams.run(spec.commandLine(), nats, followed -> repository.health(followed, positions, policy));
    }

    private HealthPolicy policy() {
        if (sequenceMap != null && streams == null) {
            throw new ParameterException(
                    spec.commandLine(), "--sequence-map is compared with streams; give --nats and --stream too");
        }
        try {
            HealthPolicy policy = HealthPolicy.defaults();
            policy = maxAge == null ? policy : policy.maxSnapshotAge(maxAge);
            policy = maxProofAge == null ? policy : policy.maxProofAge(maxProofAge);
            policy = minHeadroom == null ? policy : policy.minHeadroom(minHeadroom);
            return maxLag == null ? policy : policy.maxLag(maxLag);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
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

    private Map<String, @Nullable Object> document(SnapshotHealth health) {
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
        document.put("lag", stream.lag());
        document.put("headroom", stream.headroom().share());
        return document;
    }

    private static List<String> lines(SnapshotHealth health) {
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

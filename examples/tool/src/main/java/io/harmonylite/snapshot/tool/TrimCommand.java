package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.NatsStreamPurge;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.StreamTrim;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Removes messages from streams that proven snapshots cover. */
@Command(
        name = "trim",
        description = {
            "Removes messages from streams that both of the latest two proven snapshots cover. verify --deep --prove"
                    + " proves a snapshot. With fewer than two, nothing is removed.",
            "A node that is behind the removed messages must be recovered from a snapshot. --applied protects nodes"
                    + " from that."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool trim --store file:/backup --name orders --nats nats://localhost:4222 \\",
            "      --stream harmonylite-changes-c-1 --margin 10000 --applied harmonylite-changes-c-1=48211 --dry-run"
        })
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class TrimCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final StreamOptions streams = new StreamOptions();

    @Option(
            names = "--margin",
            paramLabel = "N",
            description = "Keep the last N messages of each stream; default: 1000.")
    private @Nullable Long margin;

    @Option(
            names = "--keep-younger-than",
            paramLabel = "DURATION",
            description =
                    "Keep messages that are younger than this, counted back from the stream's last one; default: 1h.")
    private @Nullable Duration keepYoungerThan;

    @Option(
            names = "--applied",
            paramLabel = "STREAM=SEQ",
            description =
                    "Lowest sequence that all nodes to protect have applied; repeat for each stream. If some streams "
                            + "are given, the others are not trimmed. If none is given, no node is protected.")
    private List<StreamSequence> applied = new ArrayList<>();

    @Option(names = "--dry-run", description = "Only report what would be removed.")
    private boolean dryRun;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        MemberPositions members = members();
        return streams.run(spec.commandLine(), store.use("nats").nats(), followed -> {
            StreamOptions.requireExisting(followed);
            try (SnapshotStore opened = store.open()) {
                TrimReport report = store.repository(name.toString(), opened)
                        .listener(output.progress())
                        .build()
                        .trim(followed, policy(followed, members));
                output.result(document(report), lines(report));
                return ExitStatus.DONE.code();
            }
        });
    }

    private TrimPolicy policy(NatsStreams followed, MemberPositions members) {
        try {
            TrimPolicy policy = TrimPolicy.of(NatsStreamPurge.of(followed), members);
            policy = margin == null ? policy : policy.keepMessages(margin);
            policy = keepYoungerThan == null ? policy : policy.keepYoungerThan(keepYoungerThan);
            return dryRun ? policy.dryRun() : policy;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the given positions. A stream without one is unknown, so that it is not trimmed. */
    private MemberPositions members() {
        if (applied.isEmpty()) {
            return MemberPositions.noOtherMembers();
        }
        try {
            Positions positions = StreamSequence.positions(applied);
            return stream -> positions
                    .of(stream)
                    .map(StreamPosition::sequence)
                    .map(OptionalLong::of)
                    .orElse(OptionalLong.empty());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, @Nullable Object> document(TrimReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("dryRun", report.isDryRun());
        document.put("snapshots", report.snapshots());
        document.put(
                "streams", report.streams().stream().map(TrimCommand::document).toList());
        document.put("removed", report.removed());
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private static Map<String, @Nullable Object> document(StreamTrim trim) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("stream", trim.stream());
        document.put("first", trim.first());
        document.put("keptFrom", trim.keptFrom());
        document.put("removed", trim.removed());
        document.put("bound", Text.word(trim.bound()));
        document.put("reason", trim.bound().sentence());
        return document;
    }

    private static List<String> lines(TrimReport report) {
        String would = report.isDryRun() ? "would be " : "";
        return report.streams().stream()
                .map(trim -> trim.stream() + ": " + trim.removed() + " messages " + would + "removed, first kept "
                        + trim.keptFrom() + ": " + trim.bound().sentence())
                .toList();
    }
}

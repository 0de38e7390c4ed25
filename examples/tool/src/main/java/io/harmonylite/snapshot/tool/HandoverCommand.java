package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.recovery.HandoverReport;
import java.io.IOException;
import java.nio.file.Path;
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
import picocli.CommandLine.Spec;

/** Checks whether HarmonyLite can be started on a database. */
@Command(
        name = "handover",
        description = {
            "Checks whether HarmonyLite can be started on the database and the sequence map of a stopped node without"
                    + " losing rows. Exits with status 6 if not.",
            "HarmonyLite loses messages that wait in a stream if it publishes a change before it has applied them, and"
                    + " restores its own snapshot if a position is less than the stream's first message.",
            "If changes are pending, HarmonyLite publishes them when it starts. Let no other node write until then."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool handover --database /var/lib/orders.db --sequence-map /var/lib/seq-map.cbor \\",
            "      --nats nats://localhost:4222 --stream harmonylite-changes-c-1 --catch-up"
        })
@SuppressWarnings("NullAway.Init") // Required options are set, and picocli injects the specification.
final class HandoverCommand implements Callable<Integer> {

    static final String CATCH_UP = "First apply the messages that wait in the streams, then check the handover.";

    @Spec
    private CommandSpec spec;

    @Option(names = "--database", required = true, paramLabel = "DB", description = "Database of the node.")
    private Path database;

    @Option(
            names = "--sequence-map",
            required = true,
            paramLabel = "FILE",
            description = "Sequence map of the node, of this library or of HarmonyLite.")
    private Path sequenceMap;

    @Mixin
    private final StreamOptions streams = new StreamOptions();

    @Option(names = "--catch-up", description = CATCH_UP)
    private boolean catchUp;

    @ArgGroup(exclusive = false, heading = "%nNATS:%n")
    private NatsOptions nats = new NatsOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        HandoverReport report = streams.run(spec.commandLine(), nats, followed -> {
            try (WorkingMap map = map();
                    SnapshotManager manager = SnapshotManager.builder("harmonylite", database, new NoStore())
                            .sequenceMap(map.map())
                            .streams(followed)
                            .pendingChanges(HarmonyLiteChanges.create())
                            .build()) {
                return catchUp ? CatchUp.run(manager, database, followed, map.map()) : manager.handover();
            }
        });
        output.result(document(report), lines(report));
        return ExitStatus.DONE.code();
    }

    /** Changes nothing without a catch-up. */
    private WorkingMap map() throws IOException {
        SequenceMaps.read(sequenceMap);
        return catchUp
                ? WorkingMap.open(sequenceMap, WorkingMap.Adoption.ALLOWED)
                : WorkingMap.openCopy(sequenceMap, WorkingMap.Adoption.ALLOWED);
    }

    static Map<String, @Nullable Object> document(HandoverReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("positions", Documents.positions(report.positions()));
        document.put("pendingChanges", report.pendingChanges());
        return document;
    }

    static List<String> lines(HandoverReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("HarmonyLite can be started: every message is applied");
        lines.add("  positions  " + Text.positions(report.positions()));
        if (report.pendingChanges() > 0) {
            lines.add("  pending    " + report.pendingChanges()
                    + (report.pendingChanges() == 1 ? " change" : " changes")
                    + ", which HarmonyLite publishes when it starts; let no other node write until then");
        }
        return lines;
    }
}

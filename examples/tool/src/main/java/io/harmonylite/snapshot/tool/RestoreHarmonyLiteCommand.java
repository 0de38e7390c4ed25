package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Restores HarmonyLite's own snapshot: {@code restore} with {@code --harmonylite}. */
@Command(
        name = "restore",
        description = {
            "Restores HarmonyLite's own snapshot to a path.",
            "The snapshot does not record which messages it contains, so --accept-unknown-positions is required. A"
                    + " sequence map is set to just before the first message that each stream keeps, and all of these are"
                    + " applied again.",
            "Stop the application and the node first. Pending changes, which HarmonyLite has not published yet, are "
                    + "transferred."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool restore --harmonylite --from file:/backup/snapshot.db --database /var/lib/orders.db \\",
            "      --accept-unknown-positions",
            "  snapshot-tool restore --harmonylite --from s3://backups/node --database /var/lib/orders.db \\",
            "      --accept-unknown-positions --sequence-map /var/lib/seq-map.cbor --adopt \\",
            "      --nats nats://localhost:4222 --stream harmonylite-changes-c-1"
        })
@SuppressWarnings("NullAway.Init") // Required options are set, and picocli injects the specification.
final class RestoreHarmonyLiteCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--harmonylite", required = true, description = "Restore HarmonyLite's own snapshot.")
    @SuppressWarnings("UnusedVariable") // Selects the command; its value is not read.
    private boolean harmonyLite;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "URI",
            description = "Source: file:/path/snapshot.db, nats://host:port/bucket, or s3://bucket/path for "
                    + "path/snapshot.db.")
    private StorageUri from;

    @Mixin
    private final InstallOptions install = new InstallOptions();

    @Option(
            names = "--accept-unknown-positions",
            description =
                    "Accept that messages may be missing from the snapshot, and that others are applied again on top"
                            + " of it.")
    private boolean accepted;

    @Option(
            names = "--accept-keyless-tables",
            description = "Accept tables without primary key and index, whose rowids HarmonyLite has renumbered.")
    private boolean keylessAccepted;

    @ArgGroup(exclusive = false, heading = "%nPositions of the node; all three together:%n")
    private @Nullable Followed followed;

    @Option(names = "--adopt", description = "Take over the sequence map of HarmonyLite, which must have stopped.")
    private boolean adopt;

    @Mixin
    private final StorageOptions storage = new StorageOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        try (HarmonyLiteLocation location = from.openHarmonyLite(storage)) {
            location.requireContainer();
            HarmonyLiteRestoreReport report = followed == null ? restore(location) : restore(location, followed);
            List<String> lines = lines(report);
            if (followed == null) {
                lines.add(SequenceMaps.RESET);
            }
            output.result(document(report), lines);
        }
        return ExitStatus.DONE.code();
    }

    private SnapshotManager.Builder manager() {
        return SnapshotManager.builder("harmonylite", install.database(), new NoStore())
                .pendingChanges(HarmonyLiteChanges.create())
                .listener(output.progress());
    }

    private HarmonyLiteRestoreReport restore(HarmonyLiteLocation location) {
        try (SnapshotManager manager = manager().build()) {
            return manager.restore(request(location));
        }
    }

    private HarmonyLiteRestoreReport restore(HarmonyLiteLocation location, Followed node) throws IOException {
        WorkingMap.Adoption adoption = adopt ? WorkingMap.Adoption.ALLOWED : WorkingMap.Adoption.REJECTED;
        return node.run(spec.commandLine(), storage.nats(), followed -> {
            try (WorkingMap map = WorkingMap.open(node.sequenceMap, adoption);
                    SnapshotManager manager =
                            manager().sequenceMap(map.map()).streams(followed).build()) {
                return manager.restore(request(location));
            }
        });
    }

    private HarmonyLiteRestoreRequest request(HarmonyLiteLocation location) {
        HarmonyLiteRestoreRequest request =
                HarmonyLiteRestoreRequest.of(location.source()).options(install.applyTo(RestoreRequest.latest()));
        HarmonyLiteRestoreRequest withKeyless = keylessAccepted ? request.acceptKeylessTables() : request;
        return accepted ? withKeyless.acceptUnknownPositions() : withKeyless;
    }

    private static Map<String, @Nullable Object> document(HarmonyLiteRestoreReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("from", report.snapshot().location());
        document.put("tag", report.tag());
        document.put("tagCheck", Text.word(report.tagCheck()));
        document.put("database", report.restore().database());
        document.put("method", report.restore().method().name().toLowerCase(Locale.ROOT));
        document.put("kept", report.restore().kept().orElse(null));
        document.put("restoreId", report.restore().restoreId());
        document.put("leftOut", report.leftOut());
        document.put("positions", Documents.positions(report.resume()));
        document.put("unproven", ranges(report.unproven()));
        document.put("replayed", ranges(report.replayed()));
        document.put("rewritten", report.rewritten());
        document.put("seconds", Documents.seconds(report.restore().elapsed()));
        return document;
    }

    private static Map<String, @Nullable Object> ranges(SortedMap<String, SequenceRange> ranges) {
        Map<String, @Nullable Object> document = Documents.empty();
        ranges.forEach((stream, range) -> document.put(stream, Map.of("first", range.first(), "last", range.last())));
        return document;
    }

    private static List<String> lines(HarmonyLiteRestoreReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("Restored " + report.snapshot().location() + " to "
                + report.restore().database());
        lines.add("  image      "
                + Text.bytes(report.restore().snapshot().image().bytes()) + ", tag " + report.tag() + " ("
                + Text.word(report.tagCheck()) + ")");
        lines.add("  positions  " + Text.positions(report.resume()));
        report.unproven()
                .forEach((stream, range) -> lines.add("  missing?   " + stream + " " + range
                        + ": no longer in the stream, possibly not in the image"));
        report.replayed()
                .forEach((stream, range) ->
                        lines.add("  replay     " + stream + " " + range + ": applied again on top of the image"));
        report.restore().kept().ifPresent(kept -> lines.add("  kept       " + kept));
        if (!report.leftOut().isEmpty()) {
            lines.add("  left out   " + report.leftOut().size() + " objects of HarmonyLite or of this library");
        }
        return lines;
    }

    /** The positions of the node, and its streams. */
    static final class Followed extends StreamOptions {

        @Option(
                names = "--sequence-map",
                required = true,
                paramLabel = "FILE",
                description = "Set this sequence map; created if missing.")
        private Path sequenceMap;
    }
}

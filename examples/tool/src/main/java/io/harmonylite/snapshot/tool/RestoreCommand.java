package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.InstallMethod;
import io.harmonylite.snapshot.PendingChangePolicy;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Restores a snapshot. */
@Command(
        name = "restore",
        description = {
            "Restores a snapshot to a path: the latest, or the one that --id or --at selects.",
            "Stop the application first: a database in use is rejected as far as SQLite can tell. The old file stays "
                    + "untouched until the new one is complete, verified and durable; then one rename replaces it.",
            "With --online the application may run, as long as it does not write: its connections stay open, and one "
                    + "transaction replaces the content.",
            "Pending changes of a HarmonyLite node, which it has not published yet, are transferred with their change"
                    + " logs.",
            "With --harmonylite it restores HarmonyLite's own snapshot: see 'snapshot-tool restore --harmonylite"
                    + " --help'."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool restore --store file:/backup --name orders --database /var/lib/orders.db",
            "  snapshot-tool restore --store file:/backup --name orders --database /var/lib/look.db \\",
            "      --at 2026-11-24T09:30:00Z",
            "  snapshot-tool restore --store file:/backup --name orders --database /var/lib/orders.db --keep-previous",
            "  snapshot-tool restore --store file:/backup --name orders --database /var/lib/orders.db \\",
            "      --sequence-map /var/lib/orders.seq-map"
        })
final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final InstallOptions install = new InstallOptions();

    @ArgGroup
    private final Selection selection = new Selection();

    @Option(
            names = "--replace-damaged",
            description =
                    "Also replace a database that SQLite cannot read. You confirm that no process uses it. The old"
                            + " file is kept as DB.damaged-<restore id>.")
    private boolean damaged;

    @Option(
            names = "--force-check",
            description = "Have SQLite check the image, although its take has checked the same bytes.")
    private boolean check;

    @Option(
            names = "--sequence-map",
            paramLabel = "FILE",
            description =
                    "Also set this sequence map to the snapshot's positions; created if missing. A snapshot without "
                            + "positions is rejected. Run this as the user of the application.")
    private @Nullable Path sequenceMap;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        try (SnapshotStore opened = store.open()) {
            RestoreReport report = restore(opened);
            output.result(document(report, sequenceMap), lines(report, sequenceMap));
        }
        return ExitStatus.DONE.code();
    }

    /** Transfers pending changes, unless SQLite cannot read the database; that one is kept. */
    private RestoreReport restore(SnapshotStore opened) throws IOException {
        RestoreRequest chosen = install.applyTo(selection.request());
        RestoreRequest request = check ? chosen.forceCheck() : chosen;
        try {
            return restore(opened, request);
        } catch (DatabaseDamagedException e) {
            if (!damaged) {
                throw e;
            }
            return restore(opened, request.replaceDamaged().pendingChanges(PendingChangePolicy.DISCARD));
        }
    }

    private RestoreReport restore(SnapshotStore opened, RestoreRequest request) throws IOException {
        SnapshotManager.Builder builder = store.manager(name.toString(), install.database(), opened)
                .pendingChanges(HarmonyLiteChanges.create())
                .listener(output.progress());
        if (sequenceMap == null) {
            try (SnapshotManager manager = builder.build()) {
                return manager.restore(request);
            }
        }
        try (FileSequenceMap map = FileSequenceMap.open(sequenceMap);
                SnapshotManager manager = builder.sequenceMap(map).build()) {
            return manager.restore(request.requirePositions());
        }
    }

    private static Map<String, @Nullable Object> document(RestoreReport report, @Nullable Path map) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("snapshot", Documents.snapshot(report.snapshot()));
        document.put("database", report.database());
        document.put("method", report.method().name().toLowerCase(Locale.ROOT));
        document.put("kept", report.kept().orElse(null));
        document.put("restoreId", report.restoreId());
        document.put("sequenceMap", map);
        document.put("bytesFetched", report.bytesFetched());
        document.put("bytesReused", report.bytesReused());
        document.put("passedOver", Documents.problems(report.passedOver()));
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private static List<String> lines(RestoreReport report, @Nullable Path map) {
        List<String> lines = new ArrayList<>();
        String where = report.method() == InstallMethod.ONLINE ? " online into " : " to ";
        lines.add("Restored " + report.snapshot().id() + where + report.database());
        lines.add("  image      " + Text.bytes(report.snapshot().image().bytes()) + ", "
                + report.snapshot().image().pageCount() + " pages, in " + Text.seconds(report.elapsed()));
        lines.add("  fetched    " + Text.fetched(report));
        lines.add("  positions  " + Text.positions(report.snapshot().positions()));
        if (map == null) {
            lines.add(SequenceMaps.RESET);
        }
        report.kept().ifPresent(kept -> lines.add("  kept       " + kept));
        report.passedOver()
                .forEach((id, problem) -> lines.add("  skipped    " + id + ": " + Failures.message(problem)));
        return lines;
    }

    /** The snapshot to restore. */
    static final class Selection {

        @Option(names = "--id", paramLabel = "ID", description = "Restore this snapshot.")
        private @Nullable SnapshotId id;

        @Option(
                names = "--at",
                paramLabel = "INSTANT",
                description = "Restore the latest snapshot created at or before this instant in UTC, such as "
                        + "2026-11-24T09:30:00Z.")
        private @Nullable Instant at;

        private RestoreRequest request() {
            if (id != null) {
                return RestoreRequest.of(id);
            }
            return at == null ? RestoreRequest.latest() : RestoreRequest.asOf(at);
        }
    }
}

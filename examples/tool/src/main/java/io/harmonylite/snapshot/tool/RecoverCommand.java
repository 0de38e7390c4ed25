package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.nats.HarmonyLiteShards;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamPlan;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Recovers a node. */
@Command(
        name = "recover",
        description = {
            "Recovers a node: it continues from its positions, restores a snapshot, or stops because a person must"
                    + " decide.",
            "Stop the application first. Afterwards every message after the positions in the map is still in its"
                    + " stream.",
            "With --adopt, also checks whether HarmonyLite can be started on the database, as 'handover' does."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool recover --database /var/lib/orders.db --sequence-map /var/lib/orders.seq-map --name"
                    + " orders \\",
            "      --store file:/backup --nats nats://localhost:4222 --stream harmonylite-changes-c-1 --dry-run"
        })
@SuppressWarnings("NullAway.Init") // Required options are set, and picocli injects the specification.
final class RecoverCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Option(
            names = "--database",
            required = true,
            paramLabel = "DB",
            description = "Database of the node; may be missing.")
    private Path database;

    @Option(
            names = "--sequence-map",
            required = true,
            paramLabel = "FILE",
            description = "Sequence map of the node; may be missing.")
    private Path sequenceMap;

    @Mixin
    private final StreamOptions streams = new StreamOptions();

    @Option(names = "--dry-run", description = "Only report what would be done, and exit with the status of doing it.")
    private boolean dryRun;

    @Option(
            names = "--replace-existing-rows",
            description =
                    "Treat this as a new node: its rows are not from the streams, and a snapshot may replace them.")
    private boolean newNode;

    @Option(
            names = "--adopt",
            description = "Take over the sequence map of HarmonyLite, which must have stopped. Exits with status 6 if"
                    + " HarmonyLite must not be started again on the recovered database.")
    private boolean adopt;

    @Option(names = "--catch-up", description = HandoverCommand.CATCH_UP)
    private boolean catchUp;

    @Option(
            names = "--positions-from-origin",
            description = "For a database that was restored by hand: start from the positions of its snapshot.")
    private boolean positionsFromOrigin;

    @Option(
            names = "--accept-unbound-map",
            description =
                    "Use the sequence map although nothing shows that it belongs to this database. If it does not,"
                            + " messages are missing.")
    private boolean unboundMap;

    @Option(
            names = "--replace-damaged",
            description =
                    "Also replace a database that SQLite cannot read. You confirm that no process uses it. The old"
                            + " file is kept as DB.damaged-<restore id>.")
    private boolean damaged;

    @Option(
            names = "--on-reset",
            paramLabel = "DECISION",
            description =
                    "What to do if a stream was deleted and created again: replay (from its first message), restore (a "
                            + "snapshot taken since), or the sequence up to which the database contains it already.")
    private @Nullable ResetDecision onReset;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        return streams.run(spec.commandLine(), store.use("nats").nats(), followed -> {
            try (SnapshotStore opened = store.open();
                    WorkingMap map = map()) {
                return run(manager(followed, opened, map.map()), followed, map.map());
            }
        });
    }

    private WorkingMap map() throws IOException {
        WorkingMap.Adoption adoption = adopt ? WorkingMap.Adoption.ALLOWED : WorkingMap.Adoption.REJECTED;
        return dryRun ? WorkingMap.openCopy(sequenceMap, adoption) : WorkingMap.open(sequenceMap, adoption);
    }

    /** Transfers pending changes of HarmonyLite, unless SQLite cannot read the database. */
    private SnapshotManager manager(NatsStreams followed, SnapshotStore opened, FileSequenceMap map)
            throws IOException {
        SnapshotManager.Builder builder = store.manager(name.toString(), database, opened)
                .sequenceMap(map)
                .streams(followed)
                .listener(output.progress());
        SnapshotManager plain = builder.build();
        boolean unreadable = damaged && plain.plan(options()).database() == DatabaseState.DAMAGED;
        return unreadable
                ? plain
                : builder.pendingChanges(HarmonyLiteChanges.create()).build();
    }

    private int run(SnapshotManager manager, NatsStreams followed, FileSequenceMap map) throws IOException {
        if (!dryRun) {
            RecoveryReport report = manager.recover(options());
            return finish(document(report), lines(report), followed, () -> handover(manager, followed, map));
        }
        RecoveryPlan plan = manager.plan(options());
        if (plan instanceof RecoveryPlan.UpToDate || plan instanceof RecoveryPlan.Replay) {
            return finish(document(plan), lines(plan), followed, () -> catchUp ? null : manager.handover());
        }
        output.result(document(plan), lines(plan));
        return plan instanceof RecoveryPlan.Stop stop
                ? ExitStatus.of(stop.exception()).code()
                : ExitStatus.DONE.code();
    }

    private HandoverReport handover(SnapshotManager manager, NatsStreams followed, FileSequenceMap map) {
        return catchUp ? CatchUp.run(manager, database, followed, map) : manager.handover();
    }

    /** Reports the result with that of the handover check; for streams of HarmonyLite also without {@code --adopt}. */
    private int finish(
            Map<String, @Nullable Object> document,
            List<String> lines,
            NatsStreams followed,
            Supplier<@Nullable HandoverReport> check)
            throws IOException {
        boolean isDecisive = adopt || catchUp;
        ExitStatus status = ExitStatus.DONE;
        if (isDecisive || followed.names().first().startsWith(HarmonyLiteShards.DEFAULT_PREFIX)) {
            try {
                HandoverReport report = check.get();
                if (report != null) {
                    document.put("handover", HandoverCommand.document(report));
                    lines.addAll(HandoverCommand.lines(report));
                }
            } catch (HandoverRejectedException | QuarantinedRowsException e) {
                document.put("handover", Map.of("problem", Failures.message(e)));
                lines.add("  handover   " + Failures.message(e));
                status = isDecisive ? ExitStatus.of(e) : status;
            }
        }
        output.result(document, lines);
        return status.code();
    }

    private RecoveryOptions options() {
        RecoveryOptions options = RecoveryOptions.defaults();
        options = newNode ? options.replaceExistingRows() : options;
        options = positionsFromOrigin ? options.usePositionsFromOrigin() : options;
        options = unboundMap ? options.acceptUnboundMap() : options;
        options = damaged ? options.replaceDamaged() : options;
        return onReset == null ? options : options.onReset(onReset);
    }

    private static Map<String, @Nullable Object> document(RecoveryReport report) {
        Map<String, @Nullable Object> document = document(report.plan());
        document.put("positions", Documents.positions(report.positions()));
        report.restored().ifPresent(restored -> {
            document.put("snapshot", Documents.snapshot(restored.snapshot()));
            document.put("bytesFetched", restored.bytesFetched());
            document.put("bytesReused", restored.bytesReused());
        });
        document.put("passedOver", Documents.problems(report.passedOver()));
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private static Map<String, @Nullable Object> document(RecoveryPlan plan) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("outcome", Text.word(plan.outcome()));
        document.put("reason", plan.reason());
        document.put("database", Text.word(plan.database()));
        document.put(
                "streams", plan.streams().stream().map(RecoverCommand::document).toList());
        if (plan instanceof RecoveryPlan.Restore restore) {
            document.put("snapshot", Documents.snapshot(restore.snapshot()));
        }
        if (plan instanceof RecoveryPlan.Proceed proceed) {
            document.put("positions", Documents.positions(proceed.resume()));
        }
        return document;
    }

    private static Map<String, @Nullable Object> document(StreamPlan plan) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("stream", plan.stream());
        document.put("outcome", Text.word(plan.outcome()));
        document.put("reason", plan.reason());
        return document;
    }

    private static List<String> lines(RecoveryPlan plan) {
        List<String> lines = new ArrayList<>();
        lines.add("Plan: " + Text.word(plan.outcome()) + ": " + plan.reason());
        plan.streams().forEach(stream -> lines.add("  " + stream.stream() + "  " + stream.reason()));
        return lines;
    }

    private static List<String> lines(RecoveryReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("Done: " + Text.word(report.plan().outcome()) + ": "
                + report.plan().reason());
        report.restored().ifPresent(restored -> {
            lines.add("  restored   " + restored.snapshot().id());
            lines.add("  fetched    " + Text.fetched(restored));
        });
        lines.add("  positions  " + Text.positions(report.positions()));
        report.passedOver()
                .forEach((id, problem) -> lines.add("  skipped    " + id + ": " + Failures.message(problem)));
        return lines;
    }
}

package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Retires snapshots, and frees the space of retired ones. */
@Command(
        name = "prune",
        description = {
            "Retires the snapshots outside the retention. Removes the objects that were retired a grace period ago,"
                    + " and those of no snapshot. Retired snapshots cannot be restored; a later prune frees their space.",
            "Kept is every snapshot that one of the --keep options keeps.",
            "Never retired: the latest snapshot, the one of the highest generation, and pinned ones. If a snapshot is"
                    + " unreadable, nothing is retired or removed, and the status is 4: use a newer version if its format"
                    + " is too new, or retire it with --id if it is damaged."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool prune --store file:/backup --name orders --keep-last 7 --keep-daily 30 --keep-monthly 12 \\",
            "      --dry-run",
            "  snapshot-tool prune --store file:/backup --name orders --id 20261124T093000123Z-node_1-0123456789abcdef"
        })
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class PruneCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final RetentionOptions retention = new RetentionOptions();

    @Option(names = "--id", paramLabel = "ID", description = "Retire only this snapshot.")
    private @Nullable SnapshotId id;

    @Option(
            names = "--grace-period",
            paramLabel = "DURATION",
            description = "How long retired snapshots stay in the store; default: 24h. Give the same value wherever the"
                    + " store is used. 0s is safe only if no take and no restore runs.")
    private @Nullable Duration grace;

    @Option(names = "--dry-run", description = "Only report what would be done, and how many bytes it would free.")
    private boolean dryRun;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        PruneRequest request = request();
        try (SnapshotStore opened = store.open()) {
            PruneReport report = store.repository(name.toString(), opened)
                    .listener(output.progress())
                    .build()
                    .prune(request);
            output.result(document(name.toString(), report), lines(report));
            return (report.isStopped() ? ExitStatus.CORRUPT : ExitStatus.DONE).code();
        }
    }

    private PruneRequest request() {
        try {
            PruneRequest request = id == null ? PruneRequest.retain(policy()) : byId(id);
            request = grace == null ? request : request.gracePeriod(grace);
            return dryRun ? request.dryRun() : request;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private PruneRequest byId(SnapshotId wanted) {
        if (Variables.areOnCommandLine(spec, "--keep-")) {
            throw new IllegalArgumentException("--id retires one snapshot; leave out the --keep options");
        }
        return PruneRequest.retire(wanted);
    }

    private RetentionPolicy policy() {
        return retention
                .policy()
                .orElseThrow(() ->
                        new IllegalArgumentException("no retention is given; give one of the --keep options, or --id"));
    }

    /** Returns the document of a prune or of a dry run. */
    static Map<String, @Nullable Object> document(String name, PruneReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("dryRun", report.isDryRun());
        document.put("stopped", report.isStopped());
        document.put("retired", report.retired());
        document.put("removed", report.removed());
        document.put("orphans", report.orphans());
        document.put("bytesFreed", report.bytesFreed());
        document.put(
                "waiting",
                report.waiting().entrySet().stream().map(PruneCommand::waiting).toList());
        document.put("bytesWaiting", report.bytesWaiting());
        document.put("damaged", Documents.problems(report.damaged()));
        document.put("unreadable", Documents.problems(report.unreadable()));
        document.put("doubts", Documents.doubts(report.doubts()));
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private static Map<String, @Nullable Object> waiting(Map.Entry<SnapshotId, Instant> entry) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("id", entry.getKey());
        document.put("until", entry.getValue());
        return document;
    }

    private static List<String> lines(PruneReport report) {
        List<String> lines = new ArrayList<>();
        String would = report.isDryRun() ? "would be " : "";
        report.retired().forEach(retired -> lines.add(would + "retired  " + retired));
        report.removed().forEach(removed -> lines.add(would + "removed  " + removed));
        report.waiting().forEach((retired, until) -> lines.add("waiting  " + retired + " until " + until));
        report.damaged()
                .forEach((damaged, problem) -> lines.add("DAMAGED " + damaged + ": " + Failures.message(problem)));
        report.unreadable()
                .forEach((unreadable, problem) ->
                        lines.add("UNREADABLE " + unreadable + ": " + Failures.message(problem)));
        report.doubts().forEach((id, doubt) -> lines.add("DOUBTFUL TIME " + id + ": " + doubt));
        lines.add(Text.count(report.retired().size(), "snapshot") + " " + would + "retired, "
                + report.removed().size() + " removed, " + Text.count(report.orphans(), "orphan") + " removed; "
                + Text.bytes(report.bytesFreed()) + " " + would + "freed, " + Text.bytes(report.bytesWaiting())
                + " after the grace period");
        if (report.isStopped()) {
            lines.add("Nothing was removed, because an unreadable manifest may name any pack. If its format is too new,"
                    + " prune with a newer version; if it is damaged, retire it with --id");
        }
        return lines;
    }
}

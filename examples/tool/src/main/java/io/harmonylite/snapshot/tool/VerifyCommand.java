package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Verifies snapshots. */
@Command(
        name = "verify",
        description = {
            "Verifies the latest snapshot, or those that --id or --all selects. Without --prove it changes nothing in"
                    + " the store.",
            "Checks the manifest, and that every pack exists with its size. With --deep it fetches every byte, checks"
                    + " every digest, rebuilds the database in the temporary directory and runs SQLite's integrity_check."
                    + " The status is 4 if a snapshot is damaged."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool verify --store file:/backup --name orders --deep",
            "  snapshot-tool verify --store file:/backup --name orders --all --json"
        })
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class VerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @ArgGroup
    private final Selection selection = new Selection();

    @Option(names = "--deep", description = "Fetch everything, rebuild the database, and let SQLite check it.")
    private boolean deep;

    @Option(
            names = "--prove",
            description = "With --deep: record in the store which snapshots are sound, for health and trim.")
    private boolean prove;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        if (prove && !deep) {
            throw new ParameterException(spec.commandLine(), "--prove records the result of --deep; give both");
        }
        try (SnapshotStore opened = store.open()) {
            SnapshotRepository repository = SnapshotRepository.builder(name.toString(), opened)
                    .listener(output.progress())
                    .build();
            List<VerifyReport> reports = verify(repository);
            output.result(document(reports), lines(reports));
            return (reports.stream().allMatch(VerifyReport::isSound) ? ExitStatus.DONE : ExitStatus.CORRUPT).code();
        }
    }

    private List<VerifyReport> verify(SnapshotRepository repository) {
        if (selection.id != null) {
            return List.of(verify(repository, selection.id));
        }
        return selection.all ? verifyAll(repository) : List.of(verifyLatest(repository));
    }

    /**
     * Verifies the latest snapshot. An unreadable manifest with a later id may be the latest, so it is reported as
     * damaged.
     */
    private VerifyReport verifyLatest(SnapshotRepository repository) {
        Optional<SnapshotId> latest = repository.latest().map(SnapshotInfo::id);
        Set<SnapshotId> unreadable = repository.list().unreadable().keySet();
        SnapshotId chosen = Stream.concat(latest.stream(), unreadable.stream())
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new SnapshotNotFoundException(
                        "no snapshot of " + name + " in " + store + "; take one, or check --name"));
        if (!unreadable.isEmpty() && !unreadable.contains(chosen)) {
            output.note("unreadable snapshots: " + unreadable + "; verify them with --all");
        }
        return verify(repository, chosen);
    }

    private List<VerifyReport> verifyAll(SnapshotRepository repository) {
        SnapshotListing listing = repository.list();
        List<VerifyReport> reports = new ArrayList<>();
        Stream.concat(listing.snapshots().stream().map(SnapshotInfo::id), listing.unreadable().keySet().stream())
                .sorted()
                .forEach(id -> verifyListed(repository, id, reports));
        return reports;
    }

    private void verifyListed(SnapshotRepository repository, SnapshotId id, List<VerifyReport> reports) {
        try {
            reports.add(verify(repository, id));
        } catch (SnapshotNotFoundException e) {
            output.note(id + " was retired during the verification; it is skipped");
        }
    }

    private VerifyReport verify(SnapshotRepository repository, SnapshotId id) {
        return prove ? repository.drill(id) : repository.verify(id, depth());
    }

    private VerifyDepth depth() {
        return deep ? VerifyDepth.REBUILD : VerifyDepth.MANIFEST;
    }

    private Map<String, @Nullable Object> document(List<VerifyReport> reports) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("depth", depth().name().toLowerCase(Locale.ROOT));
        document.put("reports", reports.stream().map(VerifyCommand::document).toList());
        return document;
    }

    private static Map<String, @Nullable Object> document(VerifyReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("id", report.id());
        document.put("sound", report.isSound());
        report.problem().ifPresent(problem -> document.put("problem", Failures.message(problem)));
        document.put("affected", List.copyOf(report.affected()));
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private List<String> lines(List<VerifyReport> reports) {
        List<String> lines = new ArrayList<>();
        reports.forEach(report -> lines.add(line(report)));
        long damaged = reports.stream().filter(report -> !report.isSound()).count();
        lines.add(Text.count(reports.size(), "snapshot") + " verified, " + damaged + " damaged; "
                + (deep
                        ? "checked every byte and the rebuilt database"
                        : "checked manifests and the sizes of packs; --deep checks every byte"));
        return lines;
    }

    private static String line(VerifyReport report) {
        return report.problem()
                .map(problem -> "DAMAGED " + report.id() + ": " + Failures.message(problem) + affected(report))
                .orElseGet(() -> "sound   " + report.id() + " (" + Text.seconds(report.elapsed()) + ")");
    }

    /** Names the other snapshots that need a damaged or missing pack. */
    private static String affected(VerifyReport report) {
        List<String> others = report.affected().stream()
                .filter(id -> !id.equals(report.id()))
                .map(SnapshotId::toString)
                .toList();
        return others.isEmpty() ? "" : "; also damaged: " + String.join(", ", others);
    }

    /** The snapshots to verify. */
    static final class Selection {

        @Option(names = "--id", paramLabel = "ID", description = "Verify this snapshot.")
        private @Nullable SnapshotId id;

        @Option(names = "--all", description = "Verify all snapshots of this name.")
        private boolean all;
    }
}

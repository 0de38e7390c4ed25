package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
                    + " The status is 4 if a snapshot is damaged.",
            "A table is not checked if SQLite lacks a function, collation, tokenizer or module of it, or if the application"
                    + " redefines one: its digests still match, and the status is 0. With --all each snapshot is"
                    + " verified whatever the result of the others; the status is the worst, in the order 4, 6, 5, 1, 0."
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
            SnapshotRepository repository = store.repository(name.toString(), opened)
                    .listener(output.progress())
                    .build();
            List<Result> results = verify(repository);
            results.forEach(result -> result.warnings().forEach(output::note));
            output.result(document(results), lines(results));
            return ExitStatus.worst(results.stream().map(Result::status)).code();
        }
    }

    private List<Result> verify(SnapshotRepository repository) {
        if (selection.id != null) {
            return List.of(Result.of(verify(repository, selection.id)));
        }
        return selection.all ? verifyAll(repository) : List.of(Result.of(verifyLatest(repository)));
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

    private List<Result> verifyAll(SnapshotRepository repository) {
        SnapshotListing listing = repository.list();
        List<Result> results = new ArrayList<>();
        Stream.concat(listing.snapshots().stream().map(SnapshotInfo::id), listing.unreadable().keySet().stream())
                .sorted()
                .forEach(id -> verifyListed(repository, id, results));
        return results;
    }

    /** Adds the result of one snapshot. A failure is a result too, so that the others are verified. */
    private void verifyListed(SnapshotRepository repository, SnapshotId id, List<Result> results) {
        try {
            results.add(Result.of(verify(repository, id)));
        } catch (SnapshotNotFoundException e) {
            output.note(id + " was retired during the verification; it is skipped");
        } catch (SnapshotInterruptedException e) {
            throw e;
        } catch (RuntimeException e) {
            results.add(new Result(id, null, e));
        }
    }

    private VerifyReport verify(SnapshotRepository repository, SnapshotId id) {
        return prove ? repository.drill(id) : repository.verify(id, depth());
    }

    private VerifyDepth depth() {
        return deep ? VerifyDepth.REBUILD : VerifyDepth.MANIFEST;
    }

    private Map<String, @Nullable Object> document(List<Result> results) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("depth", depth().name().toLowerCase(Locale.ROOT));
        document.put("reports", results.stream().map(Result::document).toList());
        return document;
    }

    private List<String> lines(List<Result> results) {
        List<String> lines = new ArrayList<>();
        results.forEach(result -> lines.add(result.line()));
        List<VerifyReport> reports =
                results.stream().map(Result::report).filter(Objects::nonNull).toList();
        long damaged = reports.stream().filter(report -> !report.isSound()).count();
        int failed = results.size() - reports.size();
        lines.add(Text.count(reports.size(), "snapshot") + " verified, " + damaged + " damaged"
                + (failed > 0 ? ", " + failed + " could not be verified; " : "; ")
                + (deep
                        ? "checked every byte and the rebuilt database"
                        : "checked manifests and the sizes of packs; --deep checks every byte"));
        return lines;
    }

    /** The result for one snapshot: a report, or the failure of the verification. */
    private record Result(
            SnapshotId id,
            @Nullable VerifyReport report,
            @Nullable RuntimeException failure) {

        static Result of(VerifyReport report) {
            return new Result(report.id(), report, report.problem().orElse(null));
        }

        ExitStatus status() {
            return failure == null ? ExitStatus.DONE : report == null ? ExitStatus.of(failure) : ExitStatus.CORRUPT;
        }

        List<String> warnings() {
            List<String> warnings = new ArrayList<>();
            if (report != null) {
                report.violations().forEach(violation -> warnings.add("warning: " + id + ": " + violation));
                report.unchecked().forEach(table -> warnings.add("warning: " + id + ": table not checked: " + table));
            }
            return warnings;
        }

        Map<String, @Nullable Object> document() {
            Map<String, @Nullable Object> document = Documents.empty();
            document.put("id", id);
            document.put("status", status().code());
            document.put("sound", failure == null);
            if (failure != null) {
                document.put("problem", Failures.message(failure));
            }
            if (report != null) {
                document.put("unchecked", report.unchecked());
                document.put("violations", report.violations());
                document.put("affected", List.copyOf(report.affected()));
                document.put("seconds", Documents.seconds(report.elapsed()));
            }
            return document;
        }

        String line() {
            if (failure != null) {
                return (report == null ? "FAILED  " : "DAMAGED ") + id + ": " + Failures.message(failure)
                        + (report == null ? "" : affected(report));
            }
            VerifyReport sound = Objects.requireNonNull(report, "a result has a report or a failure");
            String seconds = id + " (" + Text.seconds(sound.elapsed()) + ")";
            return sound.unchecked().isEmpty()
                    ? "sound   " + seconds
                    : "UNCHECKED " + seconds + ": digests match; tables not checked: "
                            + String.join(", ", sound.unchecked());
        }
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

package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reports snapshots, streams and health, for people. */
@Command(
        name = "report",
        description = {
            "Reports snapshots, proofs, pins, what the next prune would free, and health; with --nats and --stream also"
                    + " how far the streams reach. Changes nothing.",
            "--html writes one page that needs no network; --json prints its data. The status is 0 whatever the health"
                    + " is; 'health' returns it as a status."
        },
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool report --store file:/backup --name orders --keep-last 7 --html /var/www/orders.html")
final class ReportCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Page to write. It replaces an existing file as a whole; its directory must exist.")
    private @Nullable Path html;

    @Mixin
    private final HealthOptions options = new HealthOptions();

    @Mixin
    private final RetentionOptions retention = new RetentionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        HealthPolicy policy = options.policy();
        Optional<RetentionPolicy> keep = retention.policy();
        NatsOptions nats = options.nats(store);
        try (SnapshotStore opened = store.open()) {
            SnapshotRepository repository =
                    store.repository(name.toString(), opened).build();
            SnapshotHealth health = options.health(repository, policy, nats);
            HtmlReport report = report(repository, health, policy, keep.orElse(null));
            List<String> lines = HealthCommand.lines(health);
            if (html != null) {
                write(report.page(name.toString(), store.toString()), html);
                lines.add("  written to " + html);
            }
            output.result(document(report), lines);
        }
        return ExitStatus.DONE.code();
    }

    private static HtmlReport report(
            SnapshotRepository repository, SnapshotHealth health, HealthPolicy policy, @Nullable RetentionPolicy keep) {
        PruneReport prune = null;
        String failure = null;
        try {
            RetentionPolicy rule = keep == null ? RetentionPolicy.keepLast(Integer.MAX_VALUE) : keep;
            prune = repository.prune(PruneRequest.retain(rule).dryRun());
        } catch (SnapshotInterruptedException e) {
            throw e;
        } catch (SnapshotException e) { // Reading the store's time needs the right to write.
            failure = Failures.message(e);
        }
        String rules = keep == null ? null : Text.ages(keep);
        return new HtmlReport(Listed.of(repository), health, policy, rules, prune, failure, HtmlReport.start());
    }

    private Map<String, @Nullable Object> document(HtmlReport report) {
        PruneReport prune = report.prune();
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("store", store);
        document.put("maxAgeSeconds", Documents.seconds(report.policy().maxSnapshotAge()));
        document.put("maxProofAgeSeconds", Documents.seconds(report.policy().maxProofAge()));
        document.put("minHeadroom", report.policy().minHeadroom());
        document.put("health", HealthCommand.document(name.toString(), report.health()));
        document.put("listing", ListCommand.document(name.toString(), report.listed()));
        document.put("keep", report.keep());
        document.put("nextPrune", prune == null ? null : PruneCommand.document(name.toString(), prune));
        document.put("nextPruneFailure", report.failure());
        return document;
    }

    private static void write(String page, Path file) throws IOException {
        if (Files.isDirectory(file) || !Files.isDirectory(file.resolveSibling("."))) {
            throw new StoreAccessException("the page cannot be written to " + file + ": it"
                    + (Files.isDirectory(file) ? " is a directory" : "s directory does not exist") + "; check --html");
        }
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.writeString(temporary, page);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StoreAccessException("the page cannot be written to " + file + ": " + e + "; check --html", e);
        }
    }
}

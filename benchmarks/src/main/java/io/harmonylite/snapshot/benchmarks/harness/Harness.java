package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.sqlite.SQLiteJDBCLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures everything and writes the reports. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        description = "Measures takes and restores against what the machine can do and what the original does.")
final class Harness implements Callable<Integer> {

    private static final int WARM_UP_MEBIBYTES = 8;

    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "50,450",
            description =
                    "Databases to measure on, in MiB, ascending. Default: ${DEFAULT-VALUE}. 2048 needs 12 GiB of disk.")
    private List<Integer> sizes = List.of();

    @Option(names = "--runs", defaultValue = "5", description = "Runs of each operation. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--stores",
            split = ",",
            description = "Servers to take into and restore from too: S3 (an S3Proxy in this process), NATS (a"
                    + " nats-server child process). Default: none.")
    private List<RemoteStore> stores = List.of();

    @Option(
            names = "--directory",
            defaultValue = "benchmarks/target/harness",
            description = "Where databases, runs and reports go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("");

    private Harness() {}

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Harness()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = directory.toAbsolutePath();
        Path servers = root.resolve("servers");
        Workspace.deleteAll(servers);
        Deque<AutoCloseable> running = new ArrayDeque<>();
        try {
            for (RemoteStore store : stores) {
                running.push(store.start(Files.createDirectories(servers.resolve(store.name()))));
            }
            measure(root);
        } finally {
            for (AutoCloseable server : running) {
                server.close();
            }
            Workspace.deleteAll(servers);
        }
        return 0;
    }

    private void measure(Path root) throws Exception {
        Workspace warmUp = workspace(root, WARM_UP_MEBIBYTES);
        List<Results> all = new ArrayList<>();
        for (int size : sizes) {
            all.add(measure(workspace(root, size), warmUp, size));
        }
        write(root, all);
    }

    private Results measure(Workspace workspace, Workspace warmUp, int size) throws Exception {
        Results results = new Results(
                size,
                Files.size(workspace.database()),
                Operations.all().stream().map(Series::new).toList());
        for (int run = 1; run <= runs; run++) {
            for (Series series : results.series()) {
                Map<String, Double> figures = ChildProcess.run(series.operation(), warmUp, workspace);
                series.add(figures);
                System.err.printf(
                        "%d MiB, run %d of %d: %s %.2f s%n",
                        size, run, runs, series.operation().name(), figures.get("seconds"));
            }
        }
        workspace.clear();
        return results;
    }

    /** Everything that runs need. */
    private static Workspace workspace(Path root, int size) throws Exception {
        Workspace workspace = new Workspace(root.resolve(size + "-MiB"));
        Workspace.deleteAll(workspace.root());
        workspace.clear();
        System.err.printf("Creating a database of %d MiB%n", size);
        SampleDatabase.create(workspace.database(), size);
        OriginalPipeline.take(
                workspace.database(), workspace.scratch().resolve("original.db"), workspace.originalSnapshot());
        OwnPipeline.take(workspace.database(), workspace.preparedStore(), workspace.scratch(), Compaction.NEVER);
        return workspace;
    }

    private void write(Path root, List<Results> all) throws IOException {
        String about = about();
        String markdown = MarkdownReport.of(about, all);
        Files.writeString(root.resolve("results.md"), markdown);
        Files.writeString(root.resolve("results.json"), JsonReport.of(about, all));
        for (Results results : all) {
            Files.writeString(root.resolve("results-" + results.mebibytes() + ".svg"), SvgPlot.of(results));
        }
        System.out.println(markdown);
        System.err.println("Written to " + root);
    }

    private String about() {
        return String.format(
                "%s, %d runs of each operation, each in a JVM of its own with %s. %s %s, %d processors, Java %s, SQLite"
                        + " driver %s. Command: `benchmarks/run --sizes %s --runs %d%s`",
                LocalDate.now(ZoneOffset.UTC),
                runs,
                ChildProcess.HEAP,
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                SQLiteJDBCLoader.getVersion(),
                joined(sizes),
                runs,
                stores.isEmpty() ? "" : " --stores " + joined(stores));
    }

    private static String joined(List<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}

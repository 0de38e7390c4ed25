package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.s3.S3SnapshotStore;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The figures of {@code docs/s3.md}: takes and restores next to the plain SDK moving the same bytes, in one run. */
@Command(
        name = "benchmarks/run-s3",
        mixinStandardHelpOptions = true,
        description = "Measures takes and restores on S3 next to the plain SDK moving the same bytes.")
final class S3Figures implements Callable<Integer> {

    private static final String NAME = "benchmark";

    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

    @Option(
            names = "--mebibytes",
            defaultValue = "200",
            description = "Size of the database. Default: ${DEFAULT-VALUE}.")
    private int mebibytes;

    @Option(names = "--runs", defaultValue = "5", description = "Runs of each. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--directory",
            defaultValue = "benchmarks/target/s3",
            description = "Where database and stores go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("");

    private S3Figures() {}

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new S3Figures()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = directory.toAbsolutePath();
        Workspace.deleteAll(root);
        Files.createDirectories(root);
        Path database = root.resolve("database.db");
        SampleDatabase.create(database, mebibytes);
        try (LocalS3 service = LocalS3.start(Files.createDirectory(root.resolve("service")))) {
            measure(root, database, service);
        }
        Workspace.deleteAll(root);
        return 0;
    }

    private void measure(Path root, Path database, LocalS3 service) throws Exception {
        for (int run = 0; run <= runs; run++) {
            round(Files.createDirectory(root.resolve("run-" + run)), database, service, "run-" + run);
            if (run == 0) {
                seconds.clear(); // Classes are loaded and connections open now.
            }
        }
        Path packs = root.resolve("run-0/store/" + NAME + "/packs");
        System.out.printf(
                Locale.ROOT,
                "Database of %d MiB, %d MiB in %d packs, medians of %d runs, best and worst:%n%n",
                Files.size(database) >> 20,
                Workspace.bytesBelow(packs) >> 20,
                packs(packs).size(),
                runs);
        System.out.println("| | seconds |\n|---|---|");
        seconds.forEach(S3Figures::print);
    }

    private void round(Path own, Path database, LocalS3 service, String prefix) throws Exception {
        try (SnapshotStore files = FileSystemSnapshotStore.create(own.resolve("store"))) {
            time("take into a directory", () -> take(database, files));
            time("restore from a directory", () -> restore(own.resolve("from-files.db"), files));
        }
        try (SnapshotStore store = S3SnapshotStore.builder(service.client(), LocalS3.BUCKET)
                .prefix(prefix)
                .build()) {
            time("take into S3", () -> take(database, store));
            time("restore from S3", () -> restore(own.resolve("from-s3.db"), store));
        }
        PlainSdk sdk = new PlainSdk(service.client(), packs(own.resolve("store/" + NAME + "/packs")));
        for (int threads = 1; threads <= 2; threads++) {
            int count = threads;
            String plain = "plain SDK, " + count + (count == 1 ? " thread: " : " threads: ");
            time(plain + "put the same packs", () -> sdk.put(prefix + "-plain-" + count, count));
            time(plain + "get the same packs", () -> sdk.get(prefix + "-plain-" + count, count));
        }
        time("plain SDK, 1 thread: put the database file whole", () -> sdk.putWhole(prefix + "-whole", database));
    }

    private static void take(Path database, SnapshotStore store) {
        try (SnapshotManager manager = SnapshotManager.builder(NAME, database, store)
                .parallelism(Runtime.getRuntime().availableProcessors())
                .compaction(Compaction.NEVER)
                .build()) {
            manager.take();
        }
    }

    private static void restore(Path target, SnapshotStore store) {
        try (SnapshotManager manager =
                SnapshotManager.builder(NAME, target, store).build()) {
            manager.restore(RestoreRequest.latest());
        }
    }

    private static List<Path> packs(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private void time(String what, Timed work) throws Exception {
        long start = System.nanoTime();
        work.run();
        seconds.computeIfAbsent(what, key -> new ArrayList<>()).add((System.nanoTime() - start) / 1e9);
    }

    private static void print(String what, List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f (%.2f–%.2f) |%n",
                what,
                sorted.get(sorted.size() / 2),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }

    private interface Timed {
        void run() throws Exception;
    }
}

package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Measures a host with many databases: one manager each, one store, one scheduler, one bounded executor. Arguments: an
 * empty directory; the number of databases, 200 by default; the number of threads, 4 by default, or 0 for a thread for
 * each run.
 */
public final class ManyDatabases {

    private static final Duration CHECK_EVERY = Duration.ofSeconds(10);
    private static final int IDLE_SECONDS = 30;

    private ManyDatabases() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int databases = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        int threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
        for (int i = 0; i < databases; i++) {
            fill(directory.resolve(i + ".db"));
        }
        say("%d databases, %d threads", databases, threads);
        long before = heap();
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, threads));
        List<SnapshotManager> managers = new ArrayList<>();
        try (SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("backups"))) {
            for (int i = 0; i < databases; i++) {
                SnapshotManager.Builder builder = SnapshotManager.builder(
                                "db-" + i, directory.resolve(i + ".db"), store)
                        .trigger(Trigger.every(Duration.ofHours(6)))
                        .retention(RetentionPolicy.keepLast(7))
                        .watchOptions(WatchOptions.defaults().checkEvery(CHECK_EVERY));
                managers.add(
                        threads == 0
                                ? builder.build()
                                : builder.executor(workers).build());
            }
            say("heap of the managers: %,d KiB", (heap() - before) >> 10);
            long start = System.nanoTime();
            managers.forEach(manager -> manager.start(scheduler));
            while (!managers.stream().allMatch(ManyDatabases::isProven)) {
                Thread.sleep(50);
            }
            say("each has a snapshot, proven by a drill, after %.1f s", (System.nanoTime() - start) / 1e9);
            say(
                    "heap of the managers then: %,d KiB; most threads: %d; most memory: %s",
                    (heap() - before) >> 10, ManagementFactory.getThreadMXBean().getPeakThreadCount(), peakMemory());
            idle(databases);
        } finally {
            managers.forEach(SnapshotManager::close);
            workers.shutdown();
            scheduler.shutdown();
        }
    }

    private static void fill(Path database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database + "?journal_mode=WAL");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)");
            statement.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                    + " INSERT INTO orders SELECT i, hex(randomblob(200)) FROM n");
        }
    }

    private static boolean isProven(SnapshotManager manager) {
        return manager.watchStatus().duty(WatchDuty.DRILL).lastDone().isPresent();
    }

    private static void idle(int databases) throws InterruptedException {
        long processor = processorNanos();
        Thread.sleep(IDLE_SECONDS * 1_000L);
        double checks = databases * IDLE_SECONDS / (double) CHECK_EVERY.toSeconds();
        say("a check with nothing due: %.2f ms of processor time", (processorNanos() - processor) / 1e6 / checks);
    }

    private static long processorNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Returns the used heap after a collection, in bytes. */
    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static String peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("unknown");
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}

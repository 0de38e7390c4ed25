package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a thread that commits one row every two milliseconds sees: alone, and beside a take. */
final class Writers {

    static final String WAL_ALONE = "WAL writer alone";
    static final String WAL_BESIDE_TAKE = "WAL writer beside a take";
    static final String ROLLBACK_BESIDE_TAKE = "rollback-journal writer beside a take";

    private static final long PAUSE_MILLIS = 2;
    private static final long ALONE_MILLIS = 3000;

    private Writers() {}

    static List<Operation> all() {
        return List.of(
                new Writing(WAL_ALONE, "WAL", workspace -> Thread.sleep(ALONE_MILLIS)),
                new Writing(WAL_BESIDE_TAKE, "WAL", Writers::take),
                new Writing(ROLLBACK_BESIDE_TAKE, "DELETE", Writers::take));
    }

    private static void take(Workspace workspace) throws Exception {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(workspace.store());
                SnapshotManager manager = SnapshotManager.builder("benchmark", workspace.target(), store)
                        .scratchDirectory(workspace.scratch())
                        .compaction(Compaction.NEVER)
                        .build()) {
            manager.take();
        }
    }

    private record Writing(String name, String journalMode, Operations.Step meanwhile) implements Operation {

        @Override
        public Group group() {
            return Group.WRITER;
        }

        @Override
        public void prepare(Workspace workspace) throws Exception {
            Files.copy(workspace.database(), workspace.target());
            try (Connection connection = SampleDatabase.open(workspace.target())) {
                SampleDatabase.execute(connection, "PRAGMA journal_mode = " + journalMode);
            }
        }

        @Override
        public Map<String, Double> run(Workspace workspace) throws Exception {
            AtomicBoolean done = new AtomicBoolean();
            CountDownLatch warm = new CountDownLatch(100);
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<List<Long>> writer = thread.submit(() -> write(workspace, warm, done));
                if (!warm.await(1, TimeUnit.MINUTES)) {
                    throw new IllegalStateException("the writer does not get on");
                }
                meanwhile.run(workspace);
                done.set(true);
                return figures(writer.get());
            } finally {
                done.set(true);
                thread.shutdown();
            }
        }

        /** Latencies in nanoseconds, without those of the first hundred writes. */
        private static List<Long> write(Workspace workspace, CountDownLatch warm, AtomicBoolean done) throws Exception {
            List<Long> latencies = new ArrayList<>();
            try (Connection connection = SampleDatabase.open(workspace.target())) {
                SampleDatabase.execute(connection, "PRAGMA busy_timeout = 600000", "PRAGMA synchronous = NORMAL");
                String insert = "INSERT INTO touched (value) VALUES ('a row of a writer')";
                try (PreparedStatement row = connection.prepareStatement(insert)) {
                    while (!done.get()) {
                        long start = System.nanoTime();
                        row.executeUpdate();
                        if (warm.getCount() == 0) {
                            latencies.add(System.nanoTime() - start);
                        }
                        warm.countDown();
                        Thread.sleep(PAUSE_MILLIS);
                    }
                }
            }
            return latencies;
        }

        private static Map<String, Double> figures(List<Long> latencies) {
            List<Long> sorted = latencies.stream().sorted().toList();
            Map<String, Double> figures = new TreeMap<>();
            figures.put("writes", (double) sorted.size());
            figures.put("p50Millis", millis(sorted, 0.50));
            figures.put("p99Millis", millis(sorted, 0.99));
            figures.put("maxMillis", millis(sorted, 1));
            return figures;
        }

        private static double millis(List<Long> sorted, double share) {
            int index = (int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share));
            return sorted.get(index) / 1e6;
        }
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Repeats an operation on {@code orders.db} and {@code store} of a directory until the process is killed. Each round
 * prints its duration in milliseconds.
 */
final class ChildProgram {

    /** The operation of a round. */
    enum Work {
        /** Takes a snapshot. */
        TAKE,
        /** Restores the two snapshots in turn by swap. */
        SWAP,
        /** Restores the two snapshots in turn online, with another connection open for reading. */
        ONLINE,
        /** Waits during a take, after its packs are stored. */
        STOP_IN_TAKE
    }

    private ChildProgram() {}

    public static void main(String[] arguments) throws Exception {
        Work work = Work.valueOf(arguments[0]);
        Path directory = Path.of(arguments[1]);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(directory.resolve("store"))) {
            List<SnapshotId> ids = SnapshotRepository.of("orders", store).list().snapshots().stream()
                    .map(SnapshotInfo::id)
                    .toList();
            System.out.println("ready");
            for (int round = 0; ; round++) {
                long start = System.nanoTime();
                run(work, round, directory.resolve("orders.db"), store, ids);
                System.out.println(Duration.ofNanos(System.nanoTime() - start).toMillis());
            }
        }
    }

    private static void run(Work work, int round, Path database, FileSystemSnapshotStore store, List<SnapshotId> ids)
            throws SQLException {
        SnapshotManager.Builder builder = SnapshotManager.builder("orders", database, store);
        switch (work) {
            case TAKE ->
                builder.compaction(round % 2 == 0 ? Compaction.ALWAYS : Compaction.NEVER)
                        .build()
                        .take();
            case SWAP -> builder.build().restore(RestoreRequest.of(ids.get(round % 2)));
            case ONLINE -> restoreOnline(builder.build(), ids.get(round % 2), database);
            case STOP_IN_TAKE -> builder.listener(new Stopping()).build().take();
        }
    }

    private static void restoreOnline(SnapshotManager manager, SnapshotId id, Path database) throws SQLException {
        try (Connection reader = TestDatabase.open(database)) {
            TestDatabase.value(reader, "SELECT count(*) FROM note");
            manager.restore(RestoreRequest.of(id).online(WriteBarrier.noWriters()));
            TestDatabase.value(reader, "SELECT count(*) FROM note");
        }
    }

    /** Prints {@code stopped} before the commit, and waits until the process is killed. */
    private static final class Stopping implements SnapshotListener {

        @Override
        public void stageStarted(Stage stage) {
            if (stage == Stage.COMMIT) {
                System.out.println("stopped");
                awaitForever();
            }
        }

        private static void awaitForever() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

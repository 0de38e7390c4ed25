package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Throttled takes and restores. At one byte per second each would take weeks, so one that ends was not throttled or was
 * interrupted.
 */
@Timeout(120)
class ThrottleOptionsTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE t (x)",
                TestDatabase.fill("t", "x", "randomblob(100000)", 30));
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    private void assertInterruptedAt(Stage stage, SnapshotManager.Builder builder) throws Exception {
        Thread taker = Thread.currentThread();
        Recorder recorder = new Recorder().onStart(stage, () -> interruptWhenThrottled(taker));
        SnapshotManager manager = builder.parallelism(1).listener(recorder).build();
        assertThatThrownBy(manager::take).isInstanceOf(SnapshotInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(recorder.events).endsWith("-" + stage);
        assertThat(store.list("")).isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).noneMatch(file -> file.toString().contains("scratch"));
        }
    }

    /** Interrupts a thread once the throttle makes it wait. */
    private static void interruptWhenThrottled(Thread thread) {
        Thread interrupter = new Thread(() -> {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            thread.interrupt();
        });
        interrupter.setDaemon(true);
        interrupter.start();
    }

    @Test
    void captureBytesPerSecond_interrupted_stopsAfterTheCopy() throws Exception {
        assertInterruptedAt(Stage.CAPTURE, builder().captureBytesPerSecond(1));
    }

    @Test
    void uploadBytesPerSecond_interrupted_leavesNothing() throws Exception {
        assertInterruptedAt(Stage.SEAL, builder().uploadBytesPerSecond(1));
    }

    @Test
    void captureBytesPerSecond_walAboveItsLimit_isNotThrottled() throws Exception {
        try (var writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "INSERT INTO t VALUES (randomblob(100000))"); // Keeps the WAL while it is open.
            SnapshotInfo taken =
                    builder().captureBytesPerSecond(1).walLimitBytes(0).build().take();
            assertThat(builder().build().verify(taken.id(), VerifyDepth.REBUILD).isSound())
                    .isTrue();
        }
    }

    @Test
    void captureBytesPerSecond_rollbackMode_isNotThrottled() throws Exception {
        TestDatabase.run(database, "PRAGMA journal_mode = DELETE");
        assertThat(builder().captureBytesPerSecond(1).build().take().storedBytes())
                .isPositive();
    }

    @Test
    void rates_highEnough_takeAndRestoreEqualContent() throws Exception {
        SnapshotManager manager = builder()
                .captureBytesPerSecond(1L << 30)
                .uploadBytesPerSecond(1L << 30)
                .fetchBytesPerSecond(1L << 30)
                .build();
        manager.take();
        var before = TestDatabase.dump(database);
        TestDatabase.run(database, "DELETE FROM t");
        manager.restore(RestoreRequest.latest());
        before.keySet().removeIf(key -> key.equals("schema"));
        assertThat(TestDatabase.dump(database)).containsAllEntriesOf(before);
    }

    @Test
    void fetchBytesPerSecond_interrupted_leavesTheDatabase() throws Exception {
        builder().build().take();
        var before = TestDatabase.dump(database);
        Thread restorer = Thread.currentThread();
        SnapshotManager manager =
                builder().fetchBytesPerSecond(1).parallelism(1).build();
        interruptWhenThrottled(restorer);
        assertThatThrownBy(() -> manager.restore(RestoreRequest.latest()))
                .isInstanceOf(SnapshotInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void rates_invalidValues_areRejected() {
        assertThatThrownBy(() -> builder().captureBytesPerSecond(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().uploadBytesPerSecond(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().fetchBytesPerSecond(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().walLimitBytes(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}

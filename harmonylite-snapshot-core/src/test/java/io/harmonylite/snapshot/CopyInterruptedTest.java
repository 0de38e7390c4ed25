package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that an interrupt during SQLite's copy, which cannot be stopped, takes effect after the copy. */
class CopyInterruptedTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final AtomicLong copied = new AtomicLong();
    private final List<Stage> started = new ArrayList<>();
    private Path database;
    private Path scratch;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        scratch = Files.createDirectory(directory.resolve("scratch"));
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE t (x)",
                TestDatabase.fill("t", "x", "randomblob(4000)", 1000));
    }

    /** Returns a manager whose listener interrupts the copying thread at the first report of progress. */
    private SnapshotManager interrupted() {
        return SnapshotManager.builder("orders", database, store)
                .scratchDirectory(scratch)
                .listener(new SnapshotListener() {
                    @Override
                    public void stageStarted(Stage stage) {
                        started.add(stage);
                    }

                    @Override
                    public void progressed(Progress progress) {
                        if (progress.stage() == Stage.CAPTURE) {
                            copied.set(progress.bytesDone());
                            Thread.currentThread().interrupt();
                        }
                    }
                })
                .build();
    }

    private List<Path> scratchFiles() throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.toList();
        }
    }

    @Test
    void take_interruptedDuringTheCopy_endsAfterTheCopyAndLeavesNothing() throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        assertThat(catchThrowableOfType(
                        SnapshotInterruptedException.class, () -> interrupted().take()))
                .isNotNull();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(copied.get()).isGreaterThanOrEqualTo(1000 * 4000);
        assertThat(started).as("no stage starts after the copy").containsExactly(Stage.CAPTURE);
        assertThat(scratchFiles()).isEmpty();
        assertThat(store.list("")).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
    }

    @Test
    void take_afterInterruptedTakes_succeeds() throws Exception {
        for (int time = 0; time < 2; time++) {
            assertThat(catchThrowableOfType(
                            SnapshotInterruptedException.class,
                            () -> interrupted().take()))
                    .isNotNull();
            assertThat(Thread.interrupted()).isTrue();
        }
        SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .scratchDirectory(scratch)
                .build();
        SnapshotInfo taken = manager.take();
        assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).problem()).isEmpty();
        assertThat(scratchFiles()).isEmpty();
    }
}

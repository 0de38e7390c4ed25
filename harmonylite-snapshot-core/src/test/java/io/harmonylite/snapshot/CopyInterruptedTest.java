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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A take is interrupted while SQLite copies, which cannot be stopped: the interrupt takes effect after the copy. */
class CopyInterruptedTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final AtomicLong copied = new AtomicLong();
    private final List<Stage> begun = new ArrayList<>();
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

    /** Interrupts the thread that copies, when SQLite first tells how far it is. */
    private SnapshotManager interrupted() {
        return SnapshotManager.builder("orders", database, store)
                .scratchDirectory(scratch)
                .listener(new SnapshotListener() {
                    @Override
                    public void stageStarted(Stage stage) {
                        begun.add(stage);
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
    void take_interruptedInsideTheCopy_endsAfterItAndLeavesNothing() throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        assertThat(catchThrowableOfType(
                        SnapshotInterruptedException.class, () -> interrupted().take()))
                .isNotNull();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(copied.get()).isGreaterThanOrEqualTo(1000 * 4000);
        assertThat(begun).as("nothing begins after the copy").containsExactly(Stage.CAPTURE);
        assertThat(scratchFiles()).isEmpty();
        assertThat(store.list("")).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void take_afterSuchAnEnd_succeeds(int times) throws Exception {
        for (int time = 0; time < times; time++) {
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

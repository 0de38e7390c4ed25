package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that an image is one committed state of the database, even while others write. */
class CaptureTest {

    /** Rows of each of the two tables; the first table has about 6 MB. */
    private static final int ROWS = 60;

    /** A limit makes steps of 1 MiB, between which writers commit; this one is high enough not to wait. */
    private static final long SMALL_STEPS = 1L << 30;

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    private Path database(String journalMode) throws SQLException {
        Path database = directory.resolve("busy.db");
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = " + journalMode,
                "CREATE TABLE one (n INT, filling BLOB)",
                "CREATE TABLE other (n INT)",
                TestDatabase.fill("one", "n, filling", "i, randomblob(100000)", ROWS),
                TestDatabase.fill("other", "n", "i", ROWS));
        return database;
    }

    @Test
    void take_walWriterCommitsBetweenSteps_imageIsTheStateAtTheBeginning() throws Exception {
        Path database = database("WAL");
        AtomicInteger next = new AtomicInteger(ROWS + 1);
        try (Connection writer = TestDatabase.open(database)) {
            Recorder recorder = new Recorder().onProgress(Stage.CAPTURE, any -> insertPair(writer, next));
            SnapshotManager manager = SnapshotManager.builder("busy", database, store)
                    .captureBytesPerSecond(SMALL_STEPS)
                    .listener(recorder)
                    .build();
            manager.take();
        }
        assertThat(next.get()).as("commits during the take").isGreaterThan(ROWS + 4);
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM one")).isEqualTo(String.valueOf(next.get() - 1));
        assertThat(restored("SELECT count(*) || ' ' || max(n) FROM one")).isEqualTo("'60 60'");
        assertThat(restored("SELECT count(*) || ' ' || max(n) FROM other")).isEqualTo("'60 60'");
    }

    private static void insertPair(Connection writer, AtomicInteger next) {
        try {
            int n = next.getAndIncrement();
            TestDatabase.run(
                    writer,
                    "BEGIN",
                    "INSERT INTO one VALUES (" + n + ", randomblob(5000))",
                    "INSERT INTO other VALUES (" + n + ")",
                    "COMMIT");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void take_walWriterNeverStops_imageIsOneOfItsStates() throws Exception {
        Path database = database("WAL");
        AtomicInteger next = new AtomicInteger(ROWS + 1);
        AtomicReference<Boolean> stop = new AtomicReference<>(false);
        Thread writer = new Thread(() -> {
            try (Connection connection = TestDatabase.open(database)) {
                while (!stop.get()) {
                    insertPair(connection, next);
                }
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        try {
            SnapshotManager manager = SnapshotManager.builder("busy", database, store)
                    .captureBytesPerSecond(SMALL_STEPS)
                    .build();
            for (int i = 0; i < 3; i++) {
                int before = next.get();
                SnapshotInfo taken = manager.take();
                int after = next.get();
                String counts = "SELECT (SELECT count(*) FROM one) = (SELECT count(*) FROM other)"
                        + " AND (SELECT max(n) FROM one) = (SELECT max(n) FROM other)"
                        + " AND (SELECT max(n) FROM one) BETWEEN " + (before - 2) + " AND " + after;
                Path copy = directory.resolve("copy" + i + ".db");
                manager.repository().restore(RestoreRequest.of(taken.id()), copy);
                assertThat(TestDatabase.value(copy, counts)).isEqualTo("1");
                assertThat(TestDatabase.value(copy, "PRAGMA integrity_check")).isEqualTo("'ok'");
            }
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    @Test
    void take_rollbackWriter_isBusyUntilThePagesAreCopied() throws Exception {
        Path database = database("DELETE");
        AtomicReference<String> busy = new AtomicReference<>("");
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "PRAGMA busy_timeout = 0");
            Recorder recorder = new Recorder().onProgress(Stage.CAPTURE, any -> {
                if (busy.get().isEmpty()) {
                    assertThatThrownBy(() -> TestDatabase.run(writer, "INSERT INTO other VALUES (61)"))
                            .hasMessageContaining("BUSY")
                            .satisfies(e -> busy.set(e.getMessage()));
                }
            });
            SnapshotManager.builder("busy", database, store)
                    .listener(recorder)
                    .build()
                    .take();
            assertThat(busy.get()).contains("BUSY");
            TestDatabase.run(writer, "INSERT INTO other VALUES (61)");
        }
        assertThat(restored("SELECT max(n) FROM other")).isEqualTo("60");
    }

    @Test
    void take_uncommittedRows_areNotInTheImage() throws Exception {
        Path database = database("WAL");
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "BEGIN", "INSERT INTO other VALUES (61)");
            SnapshotManager.builder("busy", database, store).build().take();
            TestDatabase.run(writer, "ROLLBACK");
        }
        assertThat(restored("SELECT max(n) FROM other")).isEqualTo("60");
    }

    @Test
    void take_rowsOnlyInTheWal_areInTheImage() throws Exception {
        Path database = database("WAL");
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "PRAGMA wal_autocheckpoint = 0", "INSERT INTO other VALUES (61)");
            SnapshotManager.builder("busy", database, store).build().take();
            assertThat(restored("SELECT max(n) FROM other")).isEqualTo("61");
        }
    }

    private String restored(String query) throws SQLException {
        Path copy = directory.resolve("restored-" + query.hashCode() + ".db");
        SnapshotRepository.of("busy", store).restore(RestoreRequest.latest(), copy);
        return TestDatabase.value(copy, query);
    }
}

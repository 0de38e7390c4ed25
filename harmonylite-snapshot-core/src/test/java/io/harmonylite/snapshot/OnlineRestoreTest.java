package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.OnlineRestoreUnsupportedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An online restore under open connections: each connection sees the old state, then the new one, and no error. */
class OnlineRestoreTest {

    private static final int READERS = 4;
    private static final String STATE = "SELECT (SELECT count(*) || ' ' || max(n) FROM one) || ' '"
            + " || (SELECT count(*) || ' ' || max(n) FROM other)";
    private static final String OLD = "900 900 900 900";
    private static final String NEW = "500 500 500 500";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    private SnapshotManager.Builder builder(Path database) {
        return SnapshotManager.builder("orders", database, store).busyTimeout(Duration.ofSeconds(30));
    }

    /** Creates a database in state {@link #OLD}, and a snapshot of its state {@link #NEW}. */
    private Path database(String journalMode) throws SQLException {
        Path database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = " + journalMode,
                "CREATE TABLE one (n INT, filling BLOB)",
                "CREATE TABLE other (n INT)",
                TestDatabase.fill("one", "n, filling", "i, randomblob(2000)", 500),
                TestDatabase.fill("other", "n", "i", 500));
        builder(database).build().take();
        TestDatabase.run(
                database,
                "CREATE INDEX later ON other (n)",
                "DROP INDEX later",
                TestDatabase.fill("one", "n, filling", "500 + i, randomblob(2000)", 400),
                TestDatabase.fill("other", "n", "500 + i", 400));
        return database;
    }

    private RestoreReport restore(Path database) {
        return builder(database).build().restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE", "TRUNCATE", "PERSIST"})
    void d12_fourReaders_seeOldOrNewStateAndNoError(String journalMode) throws Exception {
        Path database = database(journalMode);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            CountDownLatch sawOld = new CountDownLatch(READERS);
            List<Future<List<String>>> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                int seed = reader;
                readers.add(threads.submit(() -> readUntilNew(database, sawOld, seed)));
            }
            sawOld.await();
            RestoreReport report = restore(database);
            assertThat(report.method()).isEqualTo(InstallMethod.ONLINE);
            for (Future<List<String>> reader : readers) {
                assertThat(reader.get()).containsExactly(OLD, NEW);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
        assertThat(TestDatabase.value(database, "PRAGMA journal_mode"))
                .isEqualTo(journalMode.equals("WAL") ? "'wal'" : "'delete'");
    }

    /** Returns the states that one connection reads with one prepared statement, up to the new one. */
    private static List<String> readUntilNew(Path database, CountDownLatch sawOld, int seed) throws SQLException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> seen = new ArrayList<>();
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.run(connection, "PRAGMA busy_timeout = 60000");
            try (PreparedStatement state = connection.prepareStatement(STATE)) {
                while (!seen.contains(NEW)) {
                    String now = read(state);
                    if (seen.isEmpty()) {
                        sawOld.countDown();
                    }
                    if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(now)) {
                        seen.add(now);
                    }
                    LockSupport.parkNanos(random.nextInt(5_000_000)); // Leaves a gap for an exclusive lock.
                }
                assertThat(read(state)).isEqualTo(NEW);
            }
        }
        return seen;
    }

    private static String read(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    void restore_openConnections_continueToReadAndWrite(String journalMode) throws Exception {
        Path database = database(journalMode);
        try (Connection connection = TestDatabase.open(database);
                PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM other");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO other VALUES (?)")) {
            assertThat(read(count)).isEqualTo("900");
            restore(database);
            assertThat(read(count)).isEqualTo("500");
            insert.setInt(1, 501);
            insert.executeUpdate();
            assertThat(read(count)).isEqualTo("501");
        }
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
    }

    @Test
    void restore_readerInTransaction_seesOldStateUntilItCommits() throws Exception {
        Path database = database("WAL");
        try (Connection reader = TestDatabase.open(database)) {
            TestDatabase.run(reader, "BEGIN");
            assertThat(TestDatabase.value(reader, STATE)).contains(OLD);
            restore(database);
            assertThat(TestDatabase.value(reader, STATE)).contains(OLD);
            TestDatabase.run(reader, "COMMIT");
            assertThat(TestDatabase.value(reader, STATE)).contains(NEW);
        }
    }

    @Test
    void restore_changedDatabase_equalsTheSnapshot() throws Exception {
        Path database = TestDatabase.create(directory.resolve("all.db"), "PRAGMA journal_mode = WAL");
        Map<String, List<String>> before = TestDatabase.dump(database);
        SnapshotInfo taken = builder(database).build().take();
        try (Connection open = TestDatabase.open(database)) {
            TestDatabase.run(open, "DELETE FROM person", "CREATE VIEW more AS SELECT 1", "PRAGMA user_version = 7");
            RestoreReport report = restore(database);
            assertThat(report.snapshot()).isEqualTo(taken);
            assertThat(report.kept()).isEmpty();
        }
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertOnlyFileIs(database);
    }

    @Test
    void restore_walSnapshotIntoRollbackDatabase_keepsTheJournalModeOfTheTarget() throws Exception {
        Path database = database("WAL");
        TestDatabase.run(database, "PRAGMA journal_mode = DELETE");
        try (Connection open = TestDatabase.open(database)) {
            assertThat(TestDatabase.value(open, STATE)).contains(OLD);
            restore(database);
            assertThat(TestDatabase.value(open, STATE)).contains(NEW);
            assertThat(TestDatabase.value(open, "PRAGMA journal_mode")).isEqualTo("'delete'");
        }
    }

    @Test
    void restore_walMode_truncatesTheWal() throws Exception {
        Path database = database("WAL");
        try (Connection open = TestDatabase.open(database)) {
            assertThat(TestDatabase.value(open, STATE)).contains(OLD);
            restore(database);
            assertThat(database.resolveSibling("orders.db-wal")).isEmptyFile();
        }
    }

    @Test
    void restore_positionsAndEdit_areInstalledWithTheImage() throws Exception {
        Path database = TestDatabase.create(directory.resolve("all.db"), "PRAGMA journal_mode = WAL");
        builder(database).build().take(Positions.of("changes", StreamPosition.at(7)));
        try (Connection open = TestDatabase.open(database)) {
            RestoreReport report = builder(database)
                    .build()
                    .restore(RestoreRequest.latest()
                            .online(WriteBarrier.noWriters())
                            .editStaged(staged -> TestDatabase.run(staged, "CREATE TABLE mine (x)")));
            assertThat(TestDatabase.value(open, "SELECT restore_id FROM __harmonylite__snapshot_origin"))
                    .isEqualTo("'" + report.restoreId() + "'");
            assertThat(TestDatabase.value(open, "SELECT count(*) FROM mine")).isEqualTo("0");
        }
    }

    @Test
    void restore_barrier_isHeldOnlyDuringStageAndInstall() throws Exception {
        Path database = database("WAL");
        List<String> events = new ArrayList<>();
        Recorder recorder = new Recorder();
        for (Stage stage : Stage.values()) {
            recorder.onStart(stage, () -> events.add("+" + stage));
        }
        WriteBarrier barrier = () -> {
            events.add("hold");
            return () -> events.add("release");
        };
        builder(database)
                .listener(recorder)
                .build()
                .restore(RestoreRequest.latest().online(barrier));
        assertThat(events).endsWith("+VERIFY", "hold", "+STAGE", "+INSTALL", "release");
        assertThat(recorder.done.get(Stage.INSTALL)).last().isEqualTo(recorder.totals.get(Stage.INSTALL));
    }

    @Test
    void restore_fails_releasesTheBarrier() throws Exception {
        Path database = database("WAL");
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        RestoreRequest request = RestoreRequest.latest()
                .online(WriteBarrier.of(lock.writeLock()))
                .editStaged(staged -> {
                    assertThat(lock.isWriteLocked()).isTrue();
                    throw new SQLException("planned");
                });
        assertThatThrownBy(() -> builder(database).build().restore(request)).hasMessageContaining("planned");
        assertThat(lock.isWriteLocked()).isFalse();
        assertThat(TestDatabase.value(database, STATE)).contains(OLD);
    }

    @Test
    void restore_barrierWithLock_waitsForTheWriterAndBlocksTheNext() throws Exception {
        Path database = database("WAL");
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        CountDownLatch verified = new CountDownLatch(1);
        Recorder recorder = new Recorder().onStart(Stage.VERIFY, verified::countDown);
        Thread restorer = new Thread(() -> builder(database)
                .listener(recorder)
                .build()
                .restore(RestoreRequest.latest().online(WriteBarrier.of(lock.writeLock()))));
        lock.readLock().lock();
        try (Connection writer = TestDatabase.open(database)) {
            restorer.start();
            verified.await();
            while (!lock.hasQueuedThreads()) {
                Thread.onSpinWait();
            }
            TestDatabase.run(writer, "INSERT INTO other VALUES (901)");
            assertThat(TestDatabase.value(writer, "SELECT max(n) FROM other")).isEqualTo("901");
        } finally {
            lock.readLock().unlock();
        }
        restorer.join();
        assertThat(TestDatabase.value(database, STATE)).contains(NEW);
    }

    @Test
    void restore_interruptedAtTheBarrier_leavesTheDatabase() throws Exception {
        Path database = database("WAL");
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread restorer = new Thread(() -> {
            try {
                builder(database).build().restore(RestoreRequest.latest().online(WriteBarrier.of(lock.writeLock())));
            } catch (SnapshotException e) {
                thrown.set(e);
            }
        });
        lock.readLock().lock();
        restorer.start();
        while (!lock.hasQueuedThreads()) {
            Thread.onSpinWait();
        }
        restorer.interrupt();
        restorer.join();
        assertThat(thrown.get()).isInstanceOf(SnapshotInterruptedException.class);
        assertThat(TestDatabase.value(database, STATE)).contains(OLD);
    }

    @Test
    void online_nullBarrier_isRejected() {
        assertThatThrownBy(() -> RestoreRequest.latest().online(null))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("WriteBarrier.noWriters()");
    }

    @Test
    void restore_writerKeepsItsLock_reportsInUseAndChangesNothing() throws Exception {
        Path database = database("WAL");
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "BEGIN IMMEDIATE", "INSERT INTO other VALUES (901)");
            assertThatThrownBy(() -> builder(database)
                            .busyTimeout(Duration.ofMillis(50))
                            .build()
                            .restore(RestoreRequest.latest().online(WriteBarrier.noWriters())))
                    .isInstanceOf(DatabaseInUseException.class)
                    .hasMessageContaining(database.toString());
            TestDatabase.run(writer, "COMMIT");
        }
        assertThat(TestDatabase.value(database, STATE)).contains("900 900 901 901");
    }

    @Test
    void restore_readerKeepsItsLockInRollbackMode_reportsInUseAndChangesNothing() throws Exception {
        Path database = database("DELETE");
        try (Connection reader = TestDatabase.open(database)) {
            TestDatabase.run(reader, "BEGIN");
            assertThat(TestDatabase.value(reader, STATE)).contains(OLD);
            assertThatThrownBy(() -> builder(database)
                            .busyTimeout(Duration.ofMillis(50))
                            .build()
                            .restore(RestoreRequest.latest().online(WriteBarrier.noWriters())))
                    .isInstanceOf(DatabaseInUseException.class);
            assertThat(TestDatabase.value(reader, STATE)).contains(OLD);
        }
    }

    @Test
    void restore_differentPageSize_isRejectedBeforeDownload() throws Exception {
        assertRejected(
                "PRAGMA page_size = 1024",
                "PRAGMA page_size = 8192",
                OnlineRestoreUnsupportedException.class,
                "page size");
    }

    @Test
    void restore_differentEncoding_isRejectedBeforeDownload() throws Exception {
        assertRejected(
                "PRAGMA encoding = 'UTF-16le'",
                "PRAGMA encoding = 'UTF-8'",
                OnlineRestoreUnsupportedException.class,
                "encoding");
    }

    private void assertRejected(
            String pragmaOfImage, String pragmaOfTarget, Class<? extends SnapshotException> type, String message)
            throws Exception {
        builder(TestDatabase.create(directory.resolve("image.db"), pragmaOfImage))
                .build()
                .take();
        Path target = TestDatabase.create(directory.resolve("target.db"), pragmaOfTarget, "PRAGMA journal_mode = WAL");
        assertRejected(target, RestoreRequest.latest().online(WriteBarrier.noWriters()), type, message);
    }

    private void assertRejected(
            Path target, RestoreRequest request, Class<? extends SnapshotException> type, String message)
            throws Exception {
        byte[] old = Files.readAllBytes(target);
        Recorder recorder = new Recorder();
        assertThatThrownBy(() -> builder(target).listener(recorder).build().restore(request))
                .isExactlyInstanceOf(type)
                .hasMessageContainingAll(target.toString(), message);
        assertThat(recorder.events).doesNotContain("+FETCH");
        assertThat(target).hasBinaryContent(old);
    }

    @Test
    void restore_missingDatabase_reportsNotFoundAndCreatesNothing() throws Exception {
        builder(database("WAL")).build();
        Path missing = directory.resolve("missing.db");
        assertThatThrownBy(() -> restore(missing))
                .isInstanceOf(DatabaseNotFoundException.class)
                .hasMessageContaining("by swap");
        assertThat(missing).doesNotExist();
    }

    @Test
    void restore_damagedTarget_isRejectedEvenWithReplacingDamaged() throws Exception {
        database("WAL");
        Path junk = directory.resolve("junk.db");
        Files.write(junk, "this was a database once".repeat(50).getBytes(StandardCharsets.UTF_8));
        RestoreRequest request =
                RestoreRequest.latest().online(WriteBarrier.noWriters()).replaceDamaged();
        assertRejected(junk, request, DatabaseDamagedException.class, "damaged");
    }

    @Test
    void restore_keepingPrevious_isRejected() throws Exception {
        Path database = database("WAL");
        RestoreRequest request =
                RestoreRequest.latest().online(WriteBarrier.noWriters()).keepPrevious();
        assertThatThrownBy(() -> builder(database).build().restore(request))
                .isExactlyInstanceOf(OnlineRestoreUnsupportedException.class)
                .hasMessageContaining("previous");
        assertThat(TestDatabase.value(database, STATE)).contains(OLD);
    }

    @Test
    void restore_noSpaceForTheWal_isRejectedBeforeDownload() throws Exception {
        Path database = database("WAL");
        byte[] old = Files.readAllBytes(database);
        HookedFileOperations full = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return 1_600_000; // One image fits, but not two.
            }
        };
        Recorder recorder = new Recorder();
        assertThatThrownBy(() -> builder(database)
                        .files(full)
                        .listener(recorder)
                        .build()
                        .restore(RestoreRequest.latest().online(WriteBarrier.noWriters())))
                .isInstanceOf(InsufficientSpaceException.class)
                .hasMessageContaining("1600000");
        assertThat(recorder.events).doesNotContain("+FETCH");
        assertThat(database).hasBinaryContent(old);
    }

    @Test
    void restore_running_rejectsTakesAndOtherRestores() throws Exception {
        Path database = database("WAL");
        List<Throwable> rejections = new ArrayList<>();
        Recorder recorder = new Recorder().onStart(Stage.INSTALL, () -> {
            assertThatThrownBy(() -> restore(database)).satisfies(rejections::add);
            assertThatThrownBy(() -> builder(database).build().take()).satisfies(rejections::add);
        });
        builder(database)
                .listener(recorder)
                .build()
                .restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        assertThat(rejections).hasSize(2).allMatch(SnapshotInProgressException.class::isInstance);
        assertOnlyFileIs(database);
    }

    private void assertOnlyFileIs(Path database) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(database);
        }
    }
}

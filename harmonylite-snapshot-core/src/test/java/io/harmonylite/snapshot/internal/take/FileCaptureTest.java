package io.harmonylite.snapshot.internal.take;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.ConnectionCustomizer;
import io.harmonylite.snapshot.internal.file.CopyProcess;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteDataSource;

/**
 * Captures by files while others write, checkpoint and vacuum, with copies that take long. {@code -Dcaptures=1000} sets the
 * number for each way of writing.
 */
@Timeout(600)
class FileCaptureTest {

    private static final long LONG_LOG = 64 << 20;

    private final SqliteConnector connector =
            new SqliteConnector(ConnectionCustomizer.none(), Duration.ofSeconds(30), UnaryOperator.identity());
    private final long seed = Long.getLong("snapshot.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    private Path database;

    @BeforeEach
    void requireFiles() throws IOException {
        database = directory.resolve("busy.db");
        Files.createFile(database);
        assumeTrue(CopyProcess.sees(database), "files cannot be copied on this system");
        System.err.println("FileCaptureTest: -Dsnapshot.seed=" + seed);
    }

    private Connection open() throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database);
        source.setBusyTimeout(30_000);
        return source.getConnection();
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void create(String journal, int pageSize, String vacuum) throws SQLException {
        try (Connection connection = open()) {
            run(
                    connection,
                    "PRAGMA page_size = " + pageSize,
                    "PRAGMA auto_vacuum = " + vacuum,
                    "PRAGMA journal_mode = " + journal,
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, b BLOB)",
                    "CREATE INDEX v ON t (v)",
                    "CREATE TABLE facts (n INTEGER, total INTEGER, rows INTEGER)",
                    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 800)"
                            + " INSERT INTO t SELECT i, 0, randomblob(1500) FROM c",
                    "INSERT INTO facts SELECT 0, total(v), count(*) FROM t");
        }
    }

    /** Writes transactions, each of which leaves its number and the sums of the table. */
    private void write(AtomicBoolean stop, Random own, String journal, List<String> rest) {
        try (Connection connection = open()) {
            run(connection, "PRAGMA journal_mode = " + journal, "PRAGMA synchronous = OFF");
            if (!rest.isEmpty()) {
                run(connection, "PRAGMA wal_autocheckpoint = 0");
            }
            while (!stop.get()) {
                if (!rest.isEmpty() && isLogLong()) {
                    runIfPossible(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
                    continue;
                }
                List<String> rows = new ArrayList<>();
                for (int i = own.nextInt(20); i >= 0; i--) {
                    int id = 1 + own.nextInt(1200);
                    rows.add(
                            own.nextInt(10) < 7
                                    ? "REPLACE INTO t VALUES (" + id + ", (SELECT n FROM facts), randomblob("
                                            + own.nextInt(3000) + "))"
                                    : "DELETE FROM t WHERE id = " + id);
                }
                connection.setAutoCommit(true);
                run(connection, "BEGIN IMMEDIATE");
                run(connection, rows.toArray(String[]::new));
                run(
                        connection,
                        "UPDATE facts SET n = n + 1, total = (SELECT total(v) FROM t), rows = (SELECT count(*) FROM t)",
                        "COMMIT");
                Thread.sleep(own.nextInt(4));
                if (!rest.isEmpty() && own.nextInt(3) == 0) {
                    runIfPossible(connection, rest.get(own.nextInt(rest.size())));
                }
            }
        } catch (IOException | SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without it, each VACUUM during a capture would append the whole database to the log. */
    private boolean isLogLong() throws IOException {
        Path log = Path.of(database + "-wal");
        return Files.exists(log) && Files.size(log) > LONG_LOG;
    }

    /** A checkpoint or VACUUM may be impossible while others read or write. */
    private static void runIfPossible(Connection connection, String sql) throws SQLException {
        try {
            run(connection, "PRAGMA busy_timeout = 20", sql);
        } catch (SQLException e) {
            if (!Set.of(5, 6, 13).contains(e.getErrorCode())) { // BUSY, LOCKED, FULL
                throw e;
            }
        } finally {
            run(connection, "PRAGMA busy_timeout = 30000");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "WAL, 4096, NONE, PRAGMA wal_checkpoint(PASSIVE)",
        "WAL, 4096, NONE, PRAGMA wal_checkpoint(FULL)",
        "WAL, 4096, NONE, PRAGMA wal_checkpoint(RESTART)",
        "WAL, 4096, NONE, PRAGMA wal_checkpoint(TRUNCATE)",
        "WAL, 512, NONE, PRAGMA wal_checkpoint(TRUNCATE)",
        "WAL, 65536, NONE, PRAGMA wal_checkpoint(RESTART)",
        "WAL, 4096, NONE, ",
        "WAL, 4096, NONE, VACUUM",
        "WAL, 1024, FULL, PRAGMA wal_checkpoint(PASSIVE)",
        "WAL, 4096, INCREMENTAL, PRAGMA incremental_vacuum(20)",
        "DELETE, 4096, NONE, ",
        "TRUNCATE, 4096, FULL, ",
        "PERSIST, 8192, NONE, VACUUM"
    })
    void copy_whileOthersWrite_isACommittedStateNotOlderThanTheTransaction(
            String journal, int pageSize, String vacuum, String rest) throws Exception {
        create(journal, pageSize, vacuum);
        List<String> others = rest == null ? List.of() : List.of(rest, "PRAGMA wal_checkpoint(PASSIVE)");
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Random own = new Random(random.nextLong());
            Thread writer = new Thread(() -> write(stop, own, journal, others));
            writer.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            writer.start();
            writers.add(writer);
        }
        int copied = 0;
        int captures = Integer.getInteger("captures", 8);
        try {
            for (int i = 0; i < captures; i++) {
                copied += capture(i) ? 1 : 0;
            }
        } finally {
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
        }
        assertThat(failures).isEmpty();
        System.err.println("FileCaptureTest: " + journal + " " + pageSize + " " + vacuum + " " + rest + ": " + copied
                + " of " + captures + " by files");
        assertThat(copied).isGreaterThan(captures / 4);
    }

    /** Captures once. Returns whether the files were copied; checks the image if they were. */
    private boolean capture(int number) throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch-" + number));
        Path copy = Files.createFile(scratch.resolve("copy.db"));
        DatabasePath path = DatabasePath.resolve(database);
        FileCapture files = new FileCapture(
                new SystemFileOperations(), connector, path, new SlowCopy(new Random(random.nextLong())), copy);
        try (LiveDatabase live = LiveDatabase.connect(path, connector)) {
            live.whenBegun(files::copyLog);
            live.begin();
            long held = live.read(connection -> number(connection, "SELECT n FROM facts"));
            if (!files.copyDatabase(live)) {
                assertThat(scratch)
                        .isDirectoryContaining(file -> file.equals(copy))
                        .isDirectoryNotContaining("glob:**-*");
                return false;
            }
            PrivateImage image = new PrivateImage(copy, connector);
            image.read(connection -> {
                assertThat(text(connection, "PRAGMA integrity_check"))
                        .as("seed %s", seed)
                        .isEqualTo("ok");
                assertThat(number(connection, "SELECT n FROM facts"))
                        .as("seed %s", seed)
                        .isGreaterThanOrEqualTo(held);
                assertThat(text(connection, "SELECT total || ' ' || rows FROM facts"))
                        .as("seed %s", seed)
                        .isEqualTo(text(connection, "SELECT CAST(total(v) AS INTEGER) || ' ' || count(*) FROM t"));
                return 0;
            });
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({"WAL, 4096", "WAL, 512", "DELETE, 4096", "PERSIST, 65536"})
    void copy_quietDatabase_hasThePagesOfTheBackup(String journal, int pageSize) throws Exception {
        create(journal, pageSize, "NONE");
        Path copy = Files.createFile(
                Files.createDirectory(directory.resolve("scratch")).resolve("copy.db"));
        Path backup = directory.resolve("backup.db");
        DatabasePath path = DatabasePath.resolve(database);
        FileCapture files = new FileCapture(new SystemFileOperations(), connector, path, new CopyProcess(), copy);
        try (Connection other = open()) { // The log stays.
            run(other, "PRAGMA wal_autocheckpoint = 0", "UPDATE t SET b = randomblob(900) WHERE id % 3 = 0");
            try (LiveDatabase live = LiveDatabase.connect(path, connector)) {
                live.whenBegun(files::copyLog);
                live.begin();
                assertThat(files.copyDatabase(live)).isTrue();
                live.copyTo(backup, (done, all) -> {});
            }
        }
        new PrivateImage(backup, connector).journalMode("delete");
        assertThat(copy).hasSameBinaryContentAs(backup);
        assertThat(copy.getParent()).isDirectoryNotContaining("glob:**-*");
    }

    @Test
    void copy_noWal_isLeftToSqlite() throws Exception {
        create("WAL", 4096, "NONE");
        Files.deleteIfExists(directory.resolve("busy.db-wal"));
        Path copy = Files.createFile(
                Files.createDirectory(directory.resolve("scratch")).resolve("copy.db"));
        DatabasePath path = DatabasePath.resolve(database);
        CopyProcess failing = new CopyProcess() {
            @Override
            public void copy(Path from, Path to) throws IOException {
                Files.writeString(to, "a part");
                throw new IOException("planned");
            }
        };
        FileCapture files = new FileCapture(new SystemFileOperations(), connector, path, failing, copy);
        try (LiveDatabase live = LiveDatabase.connect(path, connector)) {
            live.whenBegun(files::copyLog);
            live.begin();
            assertThat(files.copyDatabase(live)).isFalse();
        }
        assertThat(copy).isEmptyFile();
        assertThat(copy.getParent()).isDirectoryNotContaining("glob:**-*");
    }

    @Test
    void copy_interrupted_endsTheChild() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> new CopyProcess().head(pipe, 32)).isInstanceOf(InterruptedException.class);
        assertThat(ProcessHandle.current()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .map(handle -> handle.info().commandLine().orElse("")))
                .noneMatch(command -> command.contains(pipe.toString()));
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return Long.parseLong(text(connection, sql));
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Copies in two parts, with a pause between them. */
    private static final class SlowCopy extends CopyProcess {

        private final Random random;

        SlowCopy(Random random) {
            this.random = random;
        }

        @Override
        public void copy(Path from, Path to) throws IOException, InterruptedException {
            long part = (long) (Files.size(from) * random.nextDouble());
            String script = "head -c " + part + " \"$0\" > \"$1\"; sleep 0.0" + (10 + random.nextInt(40))
                    + "; tail -c +" + (part + 1) + " \"$0\" >> \"$1\"";
            Process child = new ProcessBuilder("sh", "-c", script, from.toString(), to.toString()).start();
            if (child.waitFor() != 0) {
                throw new IOException(new String(child.getErrorStream().readAllBytes(), UTF_8));
            }
        }
    }
}

package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.Collation;
import org.sqlite.Function;

/** Checks that databases with unusual schemas, names, values or settings are taken, verified and restored unchanged. */
class DatabasesAsFoundTest {

    private static final String ROWS = TestDatabase.fill("t", "a, b", "i * 7919 % 1000, 'ü' || i", 200);

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    static Stream<Arguments> databases() {
        Map<String, List<String>> found = new LinkedHashMap<>();
        found.put("without rowid", List.of("CREATE TABLE t (a INT, b TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID", ROWS));
        found.put("without rowid, one column", List.of("CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID"));
        found.put("strict", List.of("CREATE TABLE t (a INTEGER, b TEXT, c REAL, d BLOB, e ANY) STRICT", ROWS));
        found.put(
                "generated columns",
                List.of(
                        "CREATE TABLE t (a INT, b TEXT, v AS (a * 2), s TEXT AS (upper(b)) STORED)",
                        "CREATE INDEX t_v ON t (v)",
                        ROWS));
        found.put(
                "partial and expression indexes",
                List.of(
                        "CREATE TABLE t (a INT, b TEXT COLLATE NOCASE)",
                        "CREATE UNIQUE INDEX t_p ON t (a) WHERE a > 900 AND a < 902",
                        "CREATE INDEX t_e ON t (length(b) DESC, a + 1)",
                        ROWS));
        found.put(
                "fts5",
                List.of(
                        "CREATE TABLE t (a INT, b TEXT)",
                        "CREATE VIRTUAL TABLE own USING fts5 (title, body, tokenize = 'porter')",
                        "CREATE VIRTUAL TABLE bare USING fts5 (body, content = '')",
                        "CREATE VIRTUAL TABLE beside USING fts5 (b, content = 't')",
                        ROWS,
                        "INSERT INTO own SELECT b, 'words about ' || a FROM t",
                        "INSERT INTO bare (rowid, body) SELECT rowid, b FROM t",
                        "INSERT INTO beside (beside) VALUES ('rebuild')",
                        "DELETE FROM own WHERE rowid % 3 = 0"));
        found.put(
                "r*tree",
                List.of(
                        "CREATE VIRTUAL TABLE place USING rtree (id, west, east, south, north, +name TEXT)",
                        TestDatabase.fill("place", "id, west, east, south, north, name", "i, i, i+1, -i, -i+2, i", 300),
                        "DELETE FROM place WHERE id % 4 = 1"));
        found.put(
                "views and triggers",
                List.of(
                        "CREATE TABLE t (a INT, b TEXT)",
                        "CREATE TABLE log (n)",
                        "CREATE VIEW v (x) AS SELECT a FROM t WHERE b LIKE '%1'",
                        "CREATE TRIGGER \"on v\" INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (NEW.x); END",
                        "CREATE TRIGGER t_log AFTER UPDATE OF a ON t WHEN OLD.a > 5 BEGIN INSERT INTO log VALUES (NEW.a); END",
                        ROWS,
                        "UPDATE t SET a = a + 1",
                        "INSERT INTO v VALUES (77)"));
        found.put(
                "odd names",
                List.of(
                        "CREATE TABLE \"with space\" (\"a b\", \"c\"\"d\", \"e'f\", [g h], \"select\")",
                        "CREATE TABLE \"quote\"\"'`[]\" (x PRIMARY KEY)",
                        "CREATE TABLE \"\" (\"\" INT)",
                        "CREATE TABLE \"order\" (\"group\" REFERENCES \"quote\"\"'`[]\" (x))",
                        "CREATE TABLE \"Ünïcødé 数据库 \uD83D\uDE80\" (\"ключ\" TEXT)",
                        "CREATE TABLE \"a;DROP TABLE t;--\" (x)",
                        "CREATE TABLE \"new\nline\ttab\" (x)",
                        "CREATE INDEX \"i x'\"\"\" ON \"with space\" (\"c\"\"d\")",
                        "INSERT INTO \"Ünïcødé 数据库 \uD83D\uDE80\" VALUES ('значение')",
                        "INSERT INTO \"quote\"\"'`[]\" VALUES ('x'), (2)"));
        found.put(
                "odd values",
                List.of(
                        "CREATE TABLE v (x)",
                        "INSERT INTO v VALUES (NULL), (9223372036854775807), (-9223372036854775808), (-0.0), (9e999),"
                                + " (-9e999), (1e-300), (''), (x''), ('a' || char(0) || 'b'), (char(65279)), (0), ('0'),"
                                + " (zeroblob(100000)), (CAST(x'fffe80' AS TEXT)), (hex(zeroblob(40000)))",
                        "INSERT INTO v (rowid, x) VALUES (-9223372036854775808, 1), (9223372036854775807, 2)"));
        found.put(
                "sequences, statistics, foreign keys in a circle",
                List.of(
                        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT REFERENCES u (x) DEFERRABLE)",
                        "CREATE TABLE u (x TEXT PRIMARY KEY, y REFERENCES t (a), CHECK (length(x) < 9))",
                        "CREATE INDEX t_b ON t (b)",
                        "INSERT INTO t (b) VALUES ('x'), ('y')",
                        "DELETE FROM t",
                        "ANALYZE"));
        found.put("no tables", List.of());
        found.put("table dropped", List.of("CREATE TABLE t (a, b)", ROWS, "DROP TABLE t"));
        return found.entrySet().stream()
                .flatMap(entry -> Stream.of(Compaction.NEVER, Compaction.ALWAYS)
                        .map(compaction -> Arguments.of(entry.getKey(), compaction, entry.getValue())));
    }

    @ParameterizedTest(name = "{0}, compaction {1}")
    @MethodSource("databases")
    void roundTrip_anyDatabase_keepsEverything(String name, Compaction compaction, List<String> statements)
            throws Exception {
        Path database = directory.resolve("found.db");
        TestDatabase.run(database, "PRAGMA journal_mode = WAL", "PRAGMA user_version = 3");
        TestDatabase.run(database, statements.toArray(String[]::new));
        assertRoundTrip(database, compaction);
    }

    private void assertRoundTrip(Path database, Compaction compaction) throws SQLException {
        Map<String, List<String>> before = TestDatabase.dump(database);
        SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .compaction(compaction)
                .build();
        SnapshotInfo taken = manager.take();
        assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).problem()).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertThat(TestDatabase.dump(restored())).isEqualTo(before);
        assertThat(before.get("integrity_check")).containsExactly("'ok'");
    }

    private Path restored() {
        Path copy = directory.resolve("restored.db");
        SnapshotRepository.of("found", store).restore(RestoreRequest.latest(), copy);
        return copy;
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void d13_tableWithoutKeyAndIndex_keepsItsRowids(Compaction compaction) throws Exception {
        Path database = directory.resolve("d13.db");
        TestDatabase.run(
                database,
                "CREATE TABLE keyless (x)",
                TestDatabase.fill("keyless", "x", "i", 1000),
                "DELETE FROM keyless WHERE rowid % 3 <> 0 OR rowid < 500");
        assertRoundTrip(database, compaction);
        TestDatabase.run(restored(), "UPDATE keyless SET x = 'hit' WHERE rowid = 999");
        assertThat(TestDatabase.value(directory.resolve("restored.db"), "SELECT rowid FROM keyless WHERE x = 'hit'"))
                .isEqualTo("999");
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void d14_namesSimilarToReservedOnes_areKept(Compaction compaction) throws Exception {
        Path database = directory.resolve("d14.db");
        TestDatabase.run(
                database,
                "CREATE TABLE xxharmonylite__t (x)",
                "CREATE TABLE XXHarmonyLite__u (x)",
                "CREATE TABLE _harmonylite__v (x)",
                "CREATE TABLE harmonyliteXsnapshotXpositions (x)",
                "CREATE INDEX xxharmonylite__i ON xxharmonylite__t (x)",
                "CREATE TRIGGER xxharmonylite__g AFTER INSERT ON xxharmonylite__t BEGIN"
                        + " INSERT INTO _harmonylite__v VALUES (NEW.x); END",
                "INSERT INTO xxharmonylite__t VALUES ('kept')");
        assertRoundTrip(database, compaction);
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void d15_namesSimilarToSqlitesOwn_areKept(Compaction compaction) throws Exception {
        Path database = directory.resolve("d15.db");
        TestDatabase.run(
                database,
                "CREATE TABLE sqliteXdata (x UNIQUE)",
                "CREATE TABLE SQLiteData (x)",
                "CREATE INDEX sqliteXindex ON sqliteXdata (x)",
                "INSERT INTO sqliteXdata VALUES ('kept')");
        assertRoundTrip(database, compaction);
    }

    @Test
    void d16_reservedTriggerNamesThatNeedQuotes_areLeftOut() throws Exception {
        Path database = directory.resolve("d16.db");
        TestDatabase.run(database, "CREATE TABLE t (a, b)", ROWS);
        Map<String, List<String>> before = TestDatabase.dump(database);
        TestDatabase.run(
                database,
                "CREATE TRIGGER \"__harmonylite__my trigger\" AFTER INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER \"__harmonylite__\"\"';--\" AFTER DELETE ON t BEGIN SELECT 1; END");
        SnapshotManager.builder("found", database, store).build().take();
        assertThat(TestDatabase.dump(restored()))
                .as("triggers with reserved names are left out")
                .isEqualTo(before);
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"))
                .isEqualTo("2");
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void roundTrip_customFunctionsAndCollations_workWithTheCustomizer(Compaction compaction) throws Exception {
        Path database = directory.resolve("custom.db");
        try (Connection connection = TestDatabase.open(database)) {
            register(connection);
            TestDatabase.run(
                    connection,
                    "CREATE TABLE t (a INT, b TEXT COLLATE backwards UNIQUE, CHECK (twice(a) >= 0))",
                    "CREATE INDEX t_twice ON t (twice(a))",
                    ROWS);
        }
        SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .connectionCustomizer(DatabasesAsFoundTest::register)
                .compaction(compaction)
                .integrityCheck()
                .build();
        SnapshotInfo taken = manager.take();
        assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).problem()).isEmpty();
        manager.restore(RestoreRequest.latest());
        manager.restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        try (Connection connection = TestDatabase.open(database)) {
            register(connection);
            assertThat(TestDatabase.value(connection, "PRAGMA integrity_check")).isEqualTo("'ok'");
            assertThat(TestDatabase.value(connection, "SELECT b FROM t ORDER BY b LIMIT 1"))
                    .isEqualTo("'ü99'");
        }
    }

    private static void register(Connection connection) throws SQLException {
        Collation.create(connection, "backwards", new Collation() {
            @Override
            protected int xCompare(String one, String other) {
                return other.compareTo(one);
            }
        });
        Function.create(
                connection,
                "twice",
                new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                        result(value_long(0) * 2);
                    }
                },
                1,
                Function.FLAG_DETERMINISTIC | TestDatabase.INNOCUOUS);
    }

    @Test
    void take_customCollationWithoutCustomizer_isTakenAndNamedByVerify() throws Exception {
        Path database = directory.resolve("custom.db");
        try (Connection connection = TestDatabase.open(database)) {
            register(connection);
            TestDatabase.run(connection, "CREATE TABLE t (a INT, b TEXT COLLATE backwards UNIQUE)", ROWS);
        }
        SnapshotManager manager =
                SnapshotManager.builder("found", database, store).build();
        SnapshotId taken = manager.take().id();
        VerifyReport report = manager.verify(taken, VerifyDepth.REBUILD).requireSound();
        assertThat(report.unchecked()).containsExactly("t (no such collation sequence: backwards)");
    }

    @Test
    void roundTrip_attachedAndTemporarySchemas_areLeftOutAndUnchanged() throws Exception {
        Path database = TestDatabase.create(directory.resolve("main.db"), "PRAGMA journal_mode = WAL");
        Path other = directory.resolve("it's another.db");
        TestDatabase.run(other, "PRAGMA journal_mode = WAL", "CREATE TABLE __harmonylite__t (x)", "CREATE TABLE o (x)");
        Map<String, List<String>> before = TestDatabase.dump(database);
        SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .connectionCustomizer(connection -> TestDatabase.run(
                        connection,
                        "ATTACH '" + other.toString().replace("'", "''") + "' AS \"odd \"\"schema'\"",
                        "CREATE TEMP TABLE person (mine)",
                        "CREATE TEMP TABLE \"odd \"\"name\" (mine)"))
                .build();
        SnapshotInfo taken = manager.take();
        assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).problem()).isEmpty();
        manager.restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        manager.restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertThat(TestDatabase.value(other, "PRAGMA journal_mode")).isEqualTo("'wal'");
        assertThat(TestDatabase.value(other, "SELECT count(*) FROM sqlite_schema"))
                .isEqualTo("2");
    }

    @Test
    void take_readOnlyDatabase_succeedsUnlessItHasAWal() throws Exception {
        assumeTrue(ChildJvm.canObey(), "root cannot be bound to file permissions here");
        Path stored = Files.createDirectory(directory.resolve("store"));
        Path readOnly = Files.createDirectory(directory.resolve("read-only"));
        Path rollback = TestDatabase.create(readOnly.resolve("rollback"), "PRAGMA journal_mode = DELETE");
        Path wal = TestDatabase.create(readOnly.resolve("wal"), "PRAGMA journal_mode = WAL");
        copyWithWal(wal, readOnly.resolve("unfinished"));
        Map<String, List<String>> rollbackBefore = TestDatabase.dump(rollback);
        Map<String, List<String>> walBefore = TestDatabase.dump(wal);
        String output = takeReadOnly(stored, directory, readOnly, "rollback", "wal", "unfinished");
        assertThat(output.lines().filter(line -> line.startsWith("rollback: ") || line.startsWith("wal: ")))
                .containsExactly("rollback: done", "wal: done");
        assertThat(output.lines().filter(line -> line.startsWith("unfinished: ")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("SnapshotConfigurationException", "read-only/unfinished", "-wal");
        assertThat(TestDatabase.dump(restored(stored, "rollback"))).isEqualTo(rollbackBefore);
        assertThat(TestDatabase.dump(restored(stored, "wal"))).isEqualTo(walBefore);
    }

    @Test
    void take_readOnlyDirectoryWithoutScratchDirectory_failsAndNamesTheOption() throws Exception {
        assumeTrue(ChildJvm.canObey(), "root cannot be bound to file permissions here");
        Path readOnly = Files.createDirectory(directory.resolve("read-only"));
        TestDatabase.create(readOnly.resolve("x"), "PRAGMA journal_mode = WAL");
        Path stored = Files.createDirectory(directory.resolve("store"));
        assertThat(takeReadOnly(stored, Path.of(""), readOnly, "x"))
                .contains("SnapshotConfigurationException", "read-only/x", "--scratch");
    }

    /** Copies a database and a {@code -wal} that contains a commit. */
    private void copyWithWal(Path database, Path copy) throws Exception {
        Path running = Files.copy(database, directory.resolve("running"));
        try (Connection connection = TestDatabase.open(running)) {
            TestDatabase.run(connection, "DELETE FROM person");
            Files.copy(running, copy);
            Files.copy(directory.resolve("running-wal"), copy.resolveSibling(copy.getFileName() + "-wal"));
        }
    }

    private Path restored(Path stored, String name) throws IOException {
        Path copy = directory.resolve(name + "-copy");
        try (FileSystemSnapshotStore files = FileSystemSnapshotStore.open(stored)) {
            SnapshotRepository.of(name, files).restore(RestoreRequest.latest(), copy);
        }
        return copy;
    }

    /** Takes snapshots of databases in a directory without write permission, and returns the output. */
    private static String takeReadOnly(Path stored, Path scratch, Path readOnly, String... databases) throws Exception {
        try (Stream<Path> files = Files.list(readOnly)) {
            for (Path file : files.toList()) {
                setPermissions(file, "r--r--r--");
            }
        }
        setPermissions(readOnly, "r-xr-xr-x");
        try {
            List<Object> arguments = new ArrayList<>(List.of(stored, scratch, readOnly));
            arguments.addAll(List.of(databases));
            return ChildJvm.runObedient(Takes.class, arguments.toArray()).output();
        } finally {
            setPermissions(readOnly, "rwxr-xr-x");
        }
    }

    private static void setPermissions(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /** Takes a snapshot of each database in a process that is bound to file permissions, and prints the outcomes. */
    static final class Takes {

        private Takes() {}

        /** Arguments: store, scratch directory or nothing, directory of the databases, their names. */
        public static void main(String[] arguments) throws IOException {
            try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(arguments[0]))) {
                for (int i = 3; i < arguments.length; i++) {
                    Path database = Path.of(arguments[2], arguments[i]);
                    System.out.println(arguments[i] + ": " + outcome(arguments[i], database, store, arguments[1]));
                }
            }
        }

        private static String outcome(
                String name, Path database, FileSystemSnapshotStore store, String scratchDirectory) {
            SnapshotManager.Builder builder = SnapshotManager.builder(name, database, store);
            if (!scratchDirectory.isEmpty()) {
                builder.scratchDirectory(Path.of(scratchDirectory));
            }
            try (SnapshotManager manager = builder.build()) {
                manager.take();
                return "done";
            } catch (SnapshotException e) {
                return e.toString();
            }
        }
    }
}

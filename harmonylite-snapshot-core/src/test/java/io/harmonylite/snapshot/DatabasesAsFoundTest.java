package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.Collation;
import org.sqlite.Function;

/** Whatever a database holds and however odd it is: taken, verified and restored, it says what it said before. */
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
        found.put("no tables any more", List.of("CREATE TABLE t (a, b)", ROWS, "DROP TABLE t"));
        return found.entrySet().stream()
                .flatMap(entry -> Stream.of(Compaction.NEVER, Compaction.ALWAYS)
                        .map(compaction -> Arguments.of(entry.getKey(), compaction, entry.getValue())));
    }

    @ParameterizedTest(name = "{0}, compaction {1}")
    @MethodSource("databases")
    void roundTrip_keepsAll(String name, Compaction compaction, List<String> statements) throws Exception {
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
    void d14_lookAlikesOfReservedNames_areTheUsers(Compaction compaction) throws Exception {
        Path database = directory.resolve("d14.db");
        TestDatabase.run(
                database,
                "CREATE TABLE xxharmonylite__t (x)",
                "CREATE TABLE XXHarmonyLite__u (x)",
                "CREATE TABLE __HARMONYLITE__v (x)",
                "CREATE TABLE harmonyliteXsnapshotXpositions (x)",
                "CREATE INDEX xxharmonylite__i ON xxharmonylite__t (x)",
                "CREATE TRIGGER xxharmonylite__g AFTER INSERT ON xxharmonylite__t BEGIN"
                        + " INSERT INTO __HARMONYLITE__v VALUES (NEW.x); END",
                "INSERT INTO xxharmonylite__t VALUES ('kept')");
        assertRoundTrip(database, compaction);
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void d15_lookAlikesOfSqlitesOwnNames_areTheUsers(Compaction compaction) throws Exception {
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
    void d16_triggerWithAReservedNameThatNeedsQuotes_doesNotBreakATake() throws Exception {
        Path database = directory.resolve("d16.db");
        TestDatabase.run(database, "CREATE TABLE t (a, b)", ROWS);
        Map<String, List<String>> before = TestDatabase.dump(database);
        TestDatabase.run(
                database,
                "CREATE TRIGGER \"__harmonylite__my trigger\" AFTER INSERT ON t BEGIN SELECT 1; END",
                "CREATE TRIGGER \"__harmonylite__\"\"';--\" AFTER DELETE ON t BEGIN SELECT 1; END");
        SnapshotManager.builder("found", database, store).build().take();
        assertThat(TestDatabase.dump(restored()))
                .as("what has a reserved name stays here")
                .isEqualTo(before);
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"))
                .isEqualTo("2");
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void customFunctionsAndCollations_throughTheCustomizer(Compaction compaction) throws Exception {
        Path database = directory.resolve("custom.db");
        try (Connection connection = TestDatabase.open(database)) {
            registerOwn(connection);
            TestDatabase.run(
                    connection,
                    "CREATE TABLE t (a INT, b TEXT COLLATE backwards UNIQUE, CHECK (twice(a) >= 0))",
                    "CREATE INDEX t_twice ON t (twice(a))",
                    ROWS);
        }
        SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .connectionCustomizer(DatabasesAsFoundTest::registerOwn)
                .compaction(compaction)
                .integrityCheck()
                .build();
        SnapshotInfo taken = manager.take();
        assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).problem()).isEmpty();
        manager.restore(RestoreRequest.latest());
        manager.restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        try (Connection connection = TestDatabase.open(database)) {
            registerOwn(connection);
            assertThat(TestDatabase.value(connection, "PRAGMA integrity_check")).isEqualTo("'ok'");
            assertThat(TestDatabase.value(connection, "SELECT b FROM t ORDER BY b LIMIT 1"))
                    .isEqualTo("'ü99'");
        }
    }

    private static void registerOwn(Connection connection) throws SQLException {
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
                Function.FLAG_DETERMINISTIC);
    }

    @Test
    void customCollation_withoutItsCustomizer_isAnErrorThatNamesIt() throws Exception {
        Path database = directory.resolve("custom.db");
        try (Connection connection = TestDatabase.open(database)) {
            registerOwn(connection);
            TestDatabase.run(connection, "CREATE TABLE t (a INT, b TEXT COLLATE backwards UNIQUE)", ROWS);
        }
        assertThatThrownBy(() -> SnapshotManager.builder("found", database, store)
                        .build()
                        .take())
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("backwards");
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void attachedAndTemporarySchemas_areNotPartOfTheDatabaseAndStayAsTheyAre() throws Exception {
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

    @ParameterizedTest
    @EnumSource(Medium.class)
    void readOnlyFiles_areTaken(Medium medium) throws Exception {
        assumeTrue(ChildJvm.canObey(), "nothing here binds root to permissions");
        Path stored = Files.createDirectory(directory.resolve("store"));
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Path shelf = Files.createDirectory(directory.resolve("shelf"));
        Path database = TestDatabase.create(shelf.resolve("x.db"), "PRAGMA journal_mode = " + medium.journalMode);
        Map<String, List<String>> before = TestDatabase.dump(database);
        ChildJvm.Result result =
                readOnly(shelf, () -> ChildJvm.runObedient(ObedientRestore.class, stored, database, scratch, "take"));
        assertThat(result.output()).contains("done");
        Path copy = directory.resolve("copy.db");
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(stored)) {
            SnapshotRepository.of("orders", store).restore(RestoreRequest.latest(), copy);
        }
        assertThat(TestDatabase.dump(copy)).isEqualTo(before);
    }

    @Test
    void readOnlyFiles_withALogBeside_areRefusedRatherThanReadWithoutIt() throws Exception {
        assumeTrue(ChildJvm.canObey(), "nothing here binds root to permissions");
        Path stored = Files.createDirectory(directory.resolve("store"));
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Path shelf = Files.createDirectory(directory.resolve("shelf"));
        Path running = TestDatabase.create(directory.resolve("x.db"), "PRAGMA journal_mode = WAL");
        try (Connection connection = TestDatabase.open(running)) {
            TestDatabase.run(connection, "DELETE FROM person");
            Files.copy(running, shelf.resolve("x.db"));
            Files.copy(directory.resolve("x.db-wal"), shelf.resolve("x.db-wal"));
        }
        ChildJvm.Result result = readOnly(
                shelf,
                () -> ChildJvm.runObedient(ObedientRestore.class, stored, shelf.resolve("x.db"), scratch, "take"));
        assertThat(result.output())
                .contains("SnapshotConfigurationException", "x.db", "-wal")
                .doesNotContain("done");
    }

    private static <T> T readOnly(Path shelf, Attempt<T> attempt) throws Exception {
        try (Stream<Path> files = Files.list(shelf)) {
            for (Path file : files.toList()) {
                permit(file, "r--r--r--");
            }
        }
        permit(shelf, "r-xr-xr-x");
        try {
            return attempt.run();
        } finally {
            permit(shelf, "rwxr-xr-x");
        }
    }

    private static void permit(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private interface Attempt<T> {
        T run() throws Exception;
    }

    /** What a read-only database may have been when it was put on the shelf. */
    enum Medium {
        ROLLBACK("DELETE"),
        WAL("WAL");

        private final String journalMode;

        Medium(String journalMode) {
            this.journalMode = journalMode;
        }
    }
}

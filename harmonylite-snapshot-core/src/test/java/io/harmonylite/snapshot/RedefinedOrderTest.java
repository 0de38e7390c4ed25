package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.Collation;
import org.sqlite.Function;

/**
 * Tests databases of applications that redefine a collation or function of SQLite. Their indexes are sound for the
 * application, and in the wrong order for SQLite.
 */
class RedefinedOrderTest {

    private static final String ROWS = TestDatabase.fill(
            "b", "title", "substr('aäézoößñжA', 1 + i * 7 % 10, 3) || char(90 + i * 37 % 200) || i", 400);

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    /** Compares Unicode text without regard to case, in reverse order. */
    private static void redefine(Connection connection, String collation) throws SQLException {
        Collation.create(connection, collation, new Collation() {
            @Override
            protected int xCompare(String one, String two) {
                return two.toLowerCase(Locale.ROOT).compareTo(one.toLowerCase(Locale.ROOT));
            }
        });
    }

    /** Redefines {@code lower()} so that it also folds letters outside ASCII. */
    private static void redefineLower(Connection connection) throws SQLException {
        Function.create(
                connection,
                "lower",
                new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                        result("~" + value_text(0).toLowerCase(Locale.ROOT));
                    }
                },
                1,
                Function.FLAG_DETERMINISTIC | TestDatabase.INNOCUOUS);
    }

    static Stream<Arguments> redefined() {
        return Stream.of(
                        "CREATE TABLE b (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE UNIQUE)",
                        "CREATE TABLE b (id INTEGER PRIMARY KEY, title TEXT COLLATE RTRIM UNIQUE)",
                        "CREATE TABLE b (title TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID",
                        "CREATE TABLE b (title TEXT COLLATE NOCASE, n INT, PRIMARY KEY (n, title DESC)) WITHOUT ROWID",
                        "CREATE TABLE b (title TEXT COLLATE NOCASE PRIMARY KEY, n INT) WITHOUT ROWID; CREATE INDEX i ON b (n)",
                        "CREATE TABLE b (title TEXT); CREATE INDEX i ON b (title COLLATE nocase DESC)",
                        "CREATE TABLE b (title TEXT); CREATE INDEX i ON b ((title || 'x') COLLATE NOCASE)",
                        "CREATE TABLE b (title TEXT); CREATE INDEX i ON b (title COLLATE NOCASE) WHERE title IS NOT NULL",
                        "CREATE TABLE b (title TEXT); CREATE INDEX i ON b (title) WHERE title > 'e' COLLATE NOCASE",
                        "CREATE TABLE b (title TEXT, g TEXT COLLATE NOCASE AS (title || 'x')); CREATE INDEX i ON b (g)",
                        "CREATE TABLE b (title TEXT); CREATE INDEX i ON b (lower(title))",
                        "CREATE TABLE b (title TEXT); CREATE INDEX i ON b (title) WHERE lower(title) < '~g'",
                        "CREATE TABLE b (title TEXT, g TEXT AS (lower(title))); CREATE INDEX i ON b (g)")
                .flatMap(schema -> Stream.of("UTF-8", "UTF-16le").map(encoding -> Arguments.of(schema, encoding)));
    }

    private Path create(String schema, String encoding) throws SQLException {
        Path database = directory.resolve("books.db");
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.run(connection, "PRAGMA encoding = '" + encoding + "'");
            TestDatabase.withoutSyncs(connection);
            redefine(connection, "APP");
            redefineLower(connection);
            // SQLite's driver replaces a collation in UTF-16 only, so that the schema gets the name of SQLite's own.
            String own = schema.replaceAll("(?i)NOCASE|RTRIM", "APP");
            TestDatabase.run(connection, own.split("; "));
            TestDatabase.run(
                    connection,
                    schema.contains("n INT")
                            ? ROWS.replace("(title)", "(title, n)").replace("|| i ", "|| i, i % 9 ")
                            : ROWS,
                    "CREATE TABLE free (x)",
                    "INSERT INTO free VALUES (zeroblob(900000))",
                    "DELETE FROM free",
                    "PRAGMA writable_schema = ON",
                    "UPDATE sqlite_schema SET sql = replace(sql, 'APP', '"
                            + (schema.contains("RTRIM") ? "RTRIM" : "NOCASE") + "')");
        }
        return database;
    }

    private SnapshotManager.Builder builder(Path database) {
        return SnapshotManager.builder("books", database, store);
    }

    /** Returns the entries of the image's indexes, which differ if SQLite rebuilt one. */
    private static long outOfOrder(Path database) throws SQLException {
        try (Connection connection = TestDatabase.open(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA integrity_check(100000)")) {
            long count = 0;
            while (rows.next()) {
                count += rows.getString(1).equals("ok") ? 0 : 1;
            }
            return count;
        }
    }

    @ParameterizedTest
    @MethodSource("redefined")
    void take_redefined_storesTheImageAsItIs(String schema, String encoding) throws Exception {
        Path database = create(schema, encoding);
        long before = outOfOrder(database);
        SnapshotInfo taken;
        try (SnapshotManager manager = builder(database).build()) {
            taken = manager.take();
        }
        assertThat(before).isPositive();
        assertThat(taken.notCompacted()).get().asString().contains("b (index", "redefine");
        assertThat(taken.image().bytes()).isEqualTo(Files.size(database));
        SnapshotRepository repository = SnapshotRepository.of("books", store);
        assertThat(repository.list().snapshots().get(0).notCompacted()).isEqualTo(taken.notCompacted());
        VerifyReport report = repository.verify(taken.id(), VerifyDepth.REBUILD);
        assertThat(report.problem()).isEmpty();
        assertThat(report.unchecked()).singleElement().asString().startsWith("b (index");
        Path copy = directory.resolve("copy.db");
        repository.restore(RestoreRequest.latest(), copy);
        assertThat(outOfOrder(copy)).isEqualTo(before);
        assertThat(rows(copy)).hasSize(400).isEqualTo(rows(database));
    }

    private static List<String> rows(Path database) throws SQLException {
        return TestDatabase.rows(database, "SELECT * FROM b NOT INDEXED ORDER BY +title COLLATE BINARY");
    }

    /** SQLite cannot detect entries that its own function would leave out. A compaction copies them. */
    @Test
    void take_partialIndexWithMoreRows_keepsItsEntries() throws Exception {
        Path database =
                create("CREATE TABLE b (title TEXT); CREATE INDEX i ON b (title) WHERE lower(title) > '~'", "UTF-8");
        try (SnapshotManager manager =
                builder(database).compaction(Compaction.ALWAYS).build()) {
            manager.take();
        }
        Path copy = directory.resolve("copy.db");
        SnapshotRepository.of("books", store).restore(RestoreRequest.latest(), copy);
        try (Connection connection = TestDatabase.open(copy)) {
            redefineLower(connection);
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM b INDEXED BY i WHERE lower(title) > '~'"))
                    .isEqualTo("400");
        }
    }

    @Test
    void take_storedColumn_keepsItsValues() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT, g TEXT AS (lower(title)) STORED)", "UTF-8");
        try (SnapshotManager manager =
                builder(database).compaction(Compaction.ALWAYS).build()) {
            manager.take();
        }
        Path copy = directory.resolve("copy.db");
        SnapshotRepository.of("books", store).restore(RestoreRequest.latest(), copy);
        assertThat(rows(copy)).hasSize(400).isEqualTo(rows(database));
    }

    @Test
    void take_compactionAlways_failsWithTheReason() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT COLLATE NOCASE UNIQUE)", "UTF-8");
        try (SnapshotManager manager =
                builder(database).compaction(Compaction.ALWAYS).build()) {
            assertThatThrownBy(manager::take)
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContainingAll("b (index sqlite_autoindex_b_1", "redefine");
        }
        assertThat(store.list("books/")).isEmpty();
    }

    @Test
    void take_fullCheck_warnsAndSucceeds() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT); CREATE INDEX i ON b (lower(title))", "UTF-8");
        try (SnapshotManager manager = builder(database).integrityCheck().build()) {
            assertThat(manager.take().notCompacted()).isPresent();
        }
    }

    @Test
    void take_collationRegistered_isCompacted() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT COLLATE NOCASE UNIQUE)", "UTF-16le");
        try (SnapshotManager manager = builder(database)
                .compaction(Compaction.ALWAYS)
                .connectionCustomizer(connection -> redefine(connection, "NOCASE"))
                .build()) {
            SnapshotInfo taken = manager.take();
            assertThat(taken.notCompacted()).isEmpty();
            assertThat(taken.image().bytes()).isLessThan(Files.size(database));
            VerifyReport report = manager.verify(taken.id(), VerifyDepth.REBUILD);
            assertThat(report.problem()).isEmpty();
            assertThat(report.unchecked()).isEmpty();
        }
    }

    @Test
    void take_manyViolationsBeforeTheIndex_isNotCompacted() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT); CREATE INDEX i ON b (title COLLATE NOCASE)", "UTF-8");
        TestDatabase.run(
                database,
                "CREATE TABLE broken (id INTEGER PRIMARY KEY, n INT)",
                "CREATE INDEX broken_n ON broken (n) WHERE n > 0",
                TestDatabase.fill("broken", "n", "NULL", 300),
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_schema SET sql = replace(sql, 'n INT)', 'n INT NOT NULL)') WHERE name = 'broken'",
                "UPDATE sqlite_schema SET sql = replace(sql, 'title TEXT', 'title INT') WHERE name = 'b'");
        try (SnapshotManager manager = builder(database).build()) {
            assertThat(manager.take().notCompacted()).get().asString().contains("b (index i");
        }
    }

    /** SQLite cannot check the whole file, and lists only the first 100 findings of one table. */
    @Test
    void take_manyEntriesAndAMissingTokenizer_namesTheIndex() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT COLLATE NOCASE UNIQUE)", "UTF-8");
        TestDatabase.run(
                database,
                "CREATE VIRTUAL TABLE words USING fts5(w)",
                "INSERT INTO words VALUES ('one')",
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_schema SET sql = replace(sql, 'fts5(w)', 'fts5(w, tokenize=own)')");
        try (SnapshotManager manager = builder(database).build()) {
            assertThat(manager.take().notCompacted()).get().asString().contains("b (index sqlite_autoindex_b_1");
        }
    }

    @Test
    void take_plainIndexDamaged_isDamage() throws Exception {
        Path database = create("CREATE TABLE b (title TEXT COLLATE NOCASE UNIQUE)", "UTF-8");
        TestDatabase.run(
                database,
                "CREATE TABLE plain (a, c)",
                "CREATE INDEX plain_a ON plain (a)",
                TestDatabase.fill("plain", "a, c", "i, -i", 50),
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_schema SET sql = 'CREATE INDEX plain_a ON plain (c)' WHERE name = 'plain_a'");
        try (SnapshotManager manager = builder(database).build()) {
            SnapshotInfo taken = manager.take();
            VerifyReport report = manager.verify(taken.id(), VerifyDepth.REBUILD);
            assertThat(report.isSound()).isFalse();
            assertThat(report.problem()).get().asString().contains("index plain_a");
        }
    }

    @Test
    void take_indexWithoutRedefinition_isCompacted() throws Exception {
        Path database = directory.resolve("books.db");
        TestDatabase.run(
                database,
                "CREATE TABLE b (title TEXT COLLATE NOCASE PRIMARY KEY, n AS (lower(title))) WITHOUT ROWID",
                "CREATE INDEX b_n ON b (n DESC) WHERE upper(title) > 'A'",
                ROWS,
                "CREATE TABLE free (x)",
                "INSERT INTO free VALUES (zeroblob(900000))",
                "DELETE FROM free");
        try (SnapshotManager manager = builder(database).build()) {
            SnapshotInfo taken = manager.take();
            assertThat(taken.notCompacted()).isEmpty();
            assertThat(taken.image().bytes()).isLessThan(Files.size(database));
            assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).unchecked())
                    .isEqualTo(List.of());
        }
    }
}

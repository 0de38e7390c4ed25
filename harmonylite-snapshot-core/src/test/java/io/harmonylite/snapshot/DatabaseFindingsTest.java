package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.Collation;

/** Tests databases in which SQLite's check finds more than damage, or that SQLite can check only in part. */
class DatabaseFindingsTest {

    private static final String EDIT = "PRAGMA writable_schema = ON";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    private Path create(String... statements) throws SQLException {
        Path database = directory.resolve("found.db");
        TestDatabase.run(database, statements);
        return database;
    }

    private static String replace(String from, String to) {
        return "UPDATE sqlite_schema SET sql = replace(sql, '" + from + "', '" + to + "')";
    }

    private SnapshotInfo take(Path database) {
        try (SnapshotManager manager =
                SnapshotManager.builder("found", database, store).build()) {
            return manager.take();
        }
    }

    private VerifyReport verify(SnapshotInfo taken) {
        return SnapshotRepository.of("found", store).verify(taken.id(), VerifyDepth.REBUILD);
    }

    private Path restore() {
        Path copy = directory.resolve("copy.db");
        SnapshotRepository.of("found", store).restore(RestoreRequest.latest(), copy);
        return copy;
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                Arguments.of("NULL value in t.a: 250 rows", new String[] {
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, a)",
                    TestDatabase.fill("t", "a", "NULL", 250),
                    EDIT,
                    replace(" a)", " a NOT NULL)")
                }),
                Arguments.of("NUMERIC value in t.a: 2 rows", new String[] {
                    "CREATE TABLE t (a)", "INSERT INTO t VALUES (1), ('x'), (2.5)", EDIT, replace("(a)", "(a TEXT)")
                }),
                Arguments.of("TEXT value in t.a: 1 row", new String[] {
                    "CREATE TABLE t (a)", "INSERT INTO t VALUES ('1')", EDIT, replace("(a)", "(a INT)")
                }),
                Arguments.of("non-INT value in t.a: 1 row", new String[] {
                    "CREATE TABLE t (a ANY) STRICT", "INSERT INTO t VALUES (x'00')", EDIT, replace("ANY", "INT")
                }),
                Arguments.of("CHECK constraint failed in t: 1 row", new String[] {
                    "CREATE TABLE t (a CHECK (a > 0))",
                    "PRAGMA ignore_check_constraints = ON",
                    "INSERT INTO t VALUES (-1)"
                }),
                Arguments.of("foreign key violated: t.a in parent: 2 rows", new String[] {
                    "CREATE TABLE parent (id TEXT PRIMARY KEY)",
                    "CREATE TABLE t (a INT REFERENCES parent)",
                    "INSERT INTO parent VALUES ('1'), ('02')",
                    "INSERT INTO t VALUES (1), (2), (NULL), (3)"
                }),
                Arguments.of("foreign key violated: t.a, t.b in Parent: 1 row", new String[] {
                    "CREATE TABLE parent (x COLLATE NOCASE, y, UNIQUE (y, x))",
                    "CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES Parent (x, y))",
                    "INSERT INTO parent VALUES ('A', 1), (NULL, 2)",
                    "INSERT INTO t VALUES ('a', 1), ('a', 2), (NULL, 2)"
                }),
                Arguments.of("foreign key violated: t.a in missing: 1 row", new String[] {
                    "CREATE TABLE t (a REFERENCES missing (x))", "INSERT INTO t VALUES (1), (NULL)"
                }));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void take_violatedConstraint_succeedsAndIsReported(String expected, String[] statements) throws Exception {
        Path database = create(statements);
        VerifyReport report = verify(take(database));
        assertThat(report.problem()).isEmpty();
        assertThat(report.violations()).containsExactly(expected);
        assertThat(report.unchecked()).isEmpty();
        assertThat(TestDatabase.dump(restore())).isEqualTo(TestDatabase.dump(database));
    }

    @Test
    void verify_keyWithoutUniqueParent_isNoViolation() throws Exception {
        Path database = create(
                "CREATE TABLE parent (x)", "CREATE TABLE t (a REFERENCES parent (x))", "INSERT INTO t VALUES (1)");
        assertThat(verify(take(database)).violations()).isEmpty();
    }

    /** More violations than SQLite lists come before the damage. */
    @Test
    void take_damageBehindViolations_isRejected() throws Exception {
        Path database = create(
                "CREATE TABLE a (id INTEGER PRIMARY KEY, n)",
                TestDatabase.fill("a", "n", "NULL", 500),
                "CREATE TABLE z (a, b)",
                "CREATE INDEX z_a ON z (a)",
                TestDatabase.fill("z", "a, b", "i, -i", 50),
                EDIT,
                replace("n)", "n NOT NULL)"),
                "UPDATE sqlite_schema SET sql = 'CREATE INDEX z_a ON z (b)' WHERE name = 'z_a'");
        try (SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .integrityCheck()
                .build()) {
            assertThatThrownBy(manager::take)
                    .isInstanceOf(DatabaseDamagedException.class)
                    .hasMessageContaining("missing from index z_a");
        }
        assertThat(verify(take(database)).problem()).get().asString().contains("missing from index z_a");
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                Arguments.of(
                        "t (unknown function: fold())",
                        "CREATE TABLE t (a); INSERT INTO t VALUES ('x'); CREATE INDEX i ON t (a) WHERE lower(a) = 'x'",
                        replace("lower(", "fold(")),
                Arguments.of(
                        "t (unknown function: fold())",
                        "CREATE TABLE t (a, CHECK (lower(a) <> 'y')); INSERT INTO t VALUES ('x')",
                        replace("lower(", "fold(")),
                Arguments.of(
                        "t (no such collation sequence: icu_root)",
                        "CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('x')",
                        replace("(a)", "(a COLLATE icu_root)")),
                Arguments.of(
                        "t (no such tokenizer: simple_cjk)",
                        "CREATE VIRTUAL TABLE t USING fts5(a); INSERT INTO t VALUES ('one two')",
                        replace("fts5(a)", "fts5(a, tokenize=simple_cjk)")),
                Arguments.of(
                        "t (unknown tokenizer: mozporter)",
                        "CREATE VIRTUAL TABLE t USING fts4(a); INSERT INTO t VALUES ('one two')",
                        replace("fts4(a)", "fts4(a, tokenize=mozporter)")));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void take_codeIsMissing_isTakenAndRestored(String expected, String schema, String edit) throws Exception {
        Path database = create(Stream.concat(
                        Stream.of(schema.split("; ")),
                        Stream.of(
                                "CREATE TABLE big (id INTEGER PRIMARY KEY, x)",
                                "INSERT INTO big (x) VALUES (zeroblob(900000)), (NULL)",
                                "DELETE FROM big WHERE x IS NOT NULL",
                                EDIT,
                                edit,
                                replace(" x)", " x NOT NULL)")))
                .toArray(String[]::new));
        SnapshotInfo taken = take(database);
        VerifyReport report = verify(taken);
        assertThat(report.problem()).isEmpty();
        assertThat(report.unchecked()).containsExactly(expected);
        assertThat(report.violations()).containsExactly("NULL value in big.x: 1 row");
        assertThat(TestDatabase.rows(restore(), "SELECT id FROM big")).containsExactly("2");
    }

    static Stream<Arguments> differingIndexes() {
        return Stream.of(
                Arguments.of(
                        "CREATE TABLE text (a); CREATE VIRTUAL TABLE found USING fts4(a, content=text)",
                        "INSERT INTO text VALUES ('not indexed')"),
                Arguments.of(
                        "CREATE VIRTUAL TABLE found USING fts4(a); INSERT INTO found VALUES ('walked walking')",
                        EDIT + "; " + replace("fts4(a)", "fts4(a, tokenize=porter)")),
                Arguments.of(
                        "CREATE VIRTUAL TABLE found USING fts5(a); INSERT INTO found VALUES ('löscht')",
                        EDIT + "; " + replace("fts5(a)", "fts5(a, tokenize=ascii)")));
    }

    /** The index was written by another tokenizer, or does not contain a row of its external table. */
    @ParameterizedTest
    @MethodSource("differingIndexes")
    void take_fullTextIndexDiffers_isNotDamage(String schema, String difference) throws Exception {
        Path database = create((schema + "; " + difference).split("; "));
        VerifyReport report = verify(take(database)).requireSound();
        assertThat(report.unchecked()).singleElement().asString().startsWith("found (its index differs");
    }

    @Test
    void take_fullTextIndexCannotBeRead_isDamage() throws Exception {
        Path database = create(
                "CREATE VIRTUAL TABLE found USING fts5(a)",
                "INSERT INTO found VALUES ('one two')",
                "UPDATE found_data SET block = zeroblob(length(block)) WHERE id > 10");
        try (SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .integrityCheck()
                .build()) {
            assertThatThrownBy(manager::take)
                    .isInstanceOf(DatabaseDamagedException.class)
                    .hasMessageContaining("corruption found");
        }
    }

    @Test
    void take_compactionCannotRun_isSkippedUnlessAlways() throws Exception {
        Path database = create(
                "CREATE TABLE t (a, g AS (upper(a)) STORED)",
                "INSERT INTO t VALUES ('x')",
                "CREATE TABLE big (x)",
                "INSERT INTO big VALUES (zeroblob(900000))",
                "DELETE FROM big",
                EDIT,
                replace("upper(", "my_norm("));
        SnapshotInfo taken = take(database);
        assertThat(taken.notCompacted()).get().asString().contains("my_norm");
        assertThat(verify(taken).problem()).isEmpty();
        try (SnapshotManager manager = SnapshotManager.builder("found", database, store)
                .compaction(Compaction.ALWAYS)
                .build()) {
            assertThatThrownBy(manager::take)
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("my_norm");
        }
    }

    @Test
    void take_codeIsRegistered_isCheckedCompletely() throws Exception {
        Path database = create("CREATE TABLE t (a COLLATE BINARY UNIQUE)", "INSERT INTO t VALUES ('x'), ('y')");
        TestDatabase.run(database, EDIT, replace("BINARY", "icu_root"));
        SnapshotRepository repository = SnapshotRepository.builder("found", store)
                .connectionCustomizer(DatabaseFindingsTest::register)
                .build();
        assertThat(repository.verify(take(database).id(), VerifyDepth.REBUILD).unchecked())
                .isEmpty();
    }

    private static void register(Connection connection) throws SQLException {
        Collation.create(connection, "icu_root", new Collation() {
            @Override
            protected int xCompare(String one, String two) {
                return one.compareTo(two);
            }
        });
    }

    /** Damage in one table is found although another table cannot be checked. */
    @Test
    void take_damageBesideUncheckedTable_isRejected() throws Exception {
        Path database = create(
                "CREATE TABLE t (a)",
                "CREATE INDEX i ON t (a)",
                "CREATE TABLE z (x)",
                TestDatabase.fill("z", "x", "zeroblob(300)", 500),
                EDIT,
                replace("(a)", "(a COLLATE icu_root)"));
        try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4096), 10 * 4096);
        }
        assertThatThrownBy(() -> take(database)).isInstanceOf(DatabaseDamagedException.class);
    }
}

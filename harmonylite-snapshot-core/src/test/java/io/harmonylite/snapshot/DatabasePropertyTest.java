package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Checks that a round trip keeps any schema and any rows. jqwik prints the seed that repeats a failure. */
class DatabasePropertyTest {

    @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
    void roundTrip_anySchemaAndRows_keepsEverything(@ForAll("databases") Generated generated) throws Exception {
        Path directory = Files.createTempDirectory("property");
        try {
            assertRoundTrip(directory.resolve("x.db"), generated);
        } finally {
            delete(directory);
        }
    }

    private static void assertRoundTrip(Path database, Generated generated) throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            generated.create(connection);
        }
        Map<String, List<String>> before = TestDatabase.dump(database);
        SnapshotManager manager = SnapshotManager.builder("x", database, new InMemorySnapshotStore())
                .compaction(generated.compaction())
                .build();
        manager.take();
        Path copy = database.resolveSibling("copy.db");
        manager.repository().restore(RestoreRequest.latest(), copy);
        assertThat(TestDatabase.dump(copy)).isEqualTo(before);
        TestDatabase.run(database, "PRAGMA application_id = 99");
        manager.restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Provide
    Arbitrary<Generated> databases() {
        Arbitrary<String> pragmas = Combinators.combine(
                        Arbitraries.of(512, 1024, 4096, 65_536),
                        Arbitraries.of("WAL", "DELETE"),
                        Arbitraries.of("NONE", "FULL", "INCREMENTAL"),
                        Arbitraries.of("UTF-8", "UTF-16le", "UTF-16be"))
                .as((size, mode, vacuum, encoding) -> "PRAGMA page_size = " + size + "; PRAGMA auto_vacuum = " + vacuum
                        + "; PRAGMA encoding = '" + encoding + "'; PRAGMA journal_mode = " + mode);
        return Combinators.combine(
                        pragmas, tables().list().ofMaxSize(4), Arbitraries.of(Compaction.class), Arbitraries.integers())
                .as(Generated::new);
    }

    private static Arbitrary<Table> tables() {
        Arbitrary<List<Column>> columns = Combinators.combine(
                        names(), Arbitraries.of("INTEGER", "INT", "TEXT", "REAL", "BLOB"))
                .as(Column::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .uniqueElements(column -> column.name().toLowerCase(Locale.ROOT));
        return Combinators.combine(
                        names(),
                        columns,
                        Arbitraries.of(Kind.class),
                        Arbitraries.of("", "INDEX", "PARTIAL", "EXPRESSION"),
                        rows(),
                        Arbitraries.integers().between(1, 4))
                .as(Table::new);
    }

    /**
     * Returns names without upper-case ASCII letters, which SQLite does not distinguish, and without names that SQLite
     * reserves.
     */
    private static Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars(' ', '"', '\'', '`', '[', ']', ';', '-', '_', '%', '.', '\n', 'ü', 'İ', '数', '\uD83D')
                .withCharRange('a', 'z')
                .ofMinLength(1)
                .ofMaxLength(12)
                .map(name -> name.replace("\uD83D", "\uD83D\uDE80"))
                .filter(name -> !name.startsWith("sqlite_") && !name.equals("rowid"));
    }

    private static Arbitrary<List<List<Object>>> rows() {
        Arbitrary<Object> values = Arbitraries.oneOf(
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.doubles().map(Object.class::cast),
                Arbitraries.strings().excludeChars('\0').ofMaxLength(300).map(DatabasePropertyTest::wellFormed),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(3000).map(Object.class::cast));
        return values.list().ofSize(5).list().ofMaxSize(40);
    }

    /** Replaces unpaired surrogates, which no encoding keeps. */
    private static Object wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** A column with any name and an affinity. */
    record Column(String name, String type) {

        String declared() {
            return quote(name) + " " + type;
        }
    }

    /** The storage form of a table. */
    enum Kind {
        KEYLESS,
        KEYED,
        WITHOUT_ROWID,
        STRICT
    }

    /** A table from which about every n-th row is deleted after the inserts. */
    record Table(String name, List<Column> columns, Kind kind, String index, List<List<Object>> rows, int deleteEvery) {

        void create(Connection connection, int number) throws SQLException {
            String own = quote(name + number); // The number makes it unique.
            String key = columns.stream().map(column -> quote(column.name())).collect(Collectors.joining(", "));
            String list = columns.stream().map(Column::declared).collect(Collectors.joining(", "));
            TestDatabase.run(
                    connection,
                    switch (kind) {
                        case KEYLESS -> "CREATE TABLE " + own + " (" + list + ")";
                        case KEYED -> "CREATE TABLE " + own + " (" + list + ", PRIMARY KEY (" + key + "))";
                        case WITHOUT_ROWID ->
                            "CREATE TABLE " + own + " (" + list + ", PRIMARY KEY (" + key + ")) WITHOUT ROWID";
                        case STRICT -> "CREATE TABLE " + own + " (" + list + ") STRICT";
                    });
            insert(connection, own);
            String first = quote(columns.get(0).name());
            String on = "CREATE INDEX " + quote("i" + name + number) + " ON " + own;
            TestDatabase.run(
                    connection,
                    "DELETE FROM " + own + " WHERE length(hex(" + first + ")) % " + deleteEvery + " = 1",
                    switch (index) {
                        case "INDEX" -> on + " (" + key + ")";
                        case "PARTIAL" -> on + " (" + first + ") WHERE " + first + " IS NOT NULL";
                        case "EXPRESSION" -> on + " (length(" + first + "), " + first + ")";
                        default -> "SELECT 1";
                    });
        }

        /** Inserts the rows, except those that the table rejects: duplicates and values of another type. */
        private void insert(Connection connection, String own) throws SQLException {
            String marks = IntStream.range(0, columns.size()).mapToObj(i -> "?").collect(Collectors.joining(", "));
            String sql = "INSERT OR IGNORE INTO " + own + " VALUES (" + marks + ")";
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                for (List<Object> row : rows) {
                    for (int i = 0; i < columns.size(); i++) {
                        insert.setObject(i + 1, isTyped() ? fitting(columns.get(i), row.get(i)) : row.get(i));
                    }
                    insert.executeUpdate();
                }
            }
        }

        /** Returns whether values must have the declared type: a single INTEGER key is the rowid itself. */
        private boolean isTyped() {
            return kind == Kind.STRICT || (kind == Kind.KEYED && columns.size() == 1);
        }

        private static Object fitting(Column column, Object value) {
            return switch (column.type()) {
                case "INTEGER", "INT" -> (long) value.hashCode();
                case "REAL" -> value.hashCode() / 7.0;
                case "TEXT" -> value.toString();
                default -> value instanceof byte[] bytes ? bytes : new byte[] {1};
            };
        }
    }

    /** A database. */
    record Generated(String pragmas, List<Table> tables, Compaction compaction, int userVersion) {

        void create(Connection connection) throws SQLException {
            TestDatabase.run(connection, pragmas.split("; "));
            TestDatabase.run(connection, "PRAGMA synchronous = OFF", "BEGIN", "PRAGMA user_version = " + userVersion);
            for (int i = 0; i < tables.size(); i++) {
                tables.get(i).create(connection, i);
            }
            TestDatabase.run(connection, "COMMIT");
        }
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}

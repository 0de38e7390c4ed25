package io.harmonylite.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Creates and reads databases as any program would: through JDBC, without code of this library. */
public final class TestDatabase {

    /** SQLite's flag for a function without effects, which an untrusted schema may call. */
    public static final int INNOCUOUS = 0x200000;

    private static final String NOT_BOOKKEEPING =
            "name NOT IN ('__harmonylite__snapshot_origin', '__harmonylite__snapshot_binding',"
                    + " '__harmonylite__snapshot_times', '__harmonylite__snapshot_quarantine')";

    /** Bytes of each database that {@link #create} has built, by its pragmas: a copy is faster than another build. */
    private static final Map<List<String>, byte[]> TEMPLATES = new ConcurrentHashMap<>();

    private static final int LONGEST_BLOB_AS_HEX = 4096;

    private TestDatabase() {}

    /** Opens a database and creates it if it is missing. */
    public static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:file:" + file.toUri().getRawPath());
    }

    /** Runs statements on a database, without syncs: no test cuts the power here. */
    public static void run(Path file, String... statements) throws SQLException {
        try (Connection connection = open(file)) {
            boolean isUnsynced = false;
            for (String sql : statements) {
                if (!isUnsynced && !sql.startsWith("PRAGMA")) { // Some pragmas work only as the first statement.
                    withoutSyncs(connection);
                    isUnsynced = true;
                }
                run(connection, sql);
            }
        }
    }

    /** Makes a connection skip SQLite's syncs, which take most of the time of a small transaction. */
    public static void withoutSyncs(Connection connection) throws SQLException {
        run(connection, "PRAGMA synchronous = OFF");
    }

    /** Runs statements on a connection. */
    public static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Creates a database with a small sample of every kind of table, index, view, trigger and value. */
    public static Path create(Path file, String... pragmas) throws SQLException {
        try {
            byte[] template = TEMPLATES.get(List.of(pragmas));
            if (template != null && Files.notExists(file)) {
                return Files.write(file, template);
            }
            try (Connection connection = open(file)) {
                run(connection, pragmas);
                withoutSyncs(connection);
                fill(connection);
            }
            TEMPLATES.put(List.of(pragmas), Files.readAllBytes(file));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(Connection connection) throws SQLException {
        run(
                connection,
                "CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, born REAL, photo BLOB)",
                "CREATE TABLE note (text, at)",
                "CREATE TABLE pair (a TEXT, b INT, v ANY, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID",
                "CREATE TABLE \"odd \"\"name\" (\"a b\" TEXT REFERENCES person (name), \"select\" INT)",
                "CREATE TABLE bare (x)",
                "CREATE INDEX person_by_born ON person (born DESC) WHERE born IS NOT NULL",
                "CREATE INDEX note_by_length ON note (length(text))",
                "CREATE VIEW elders AS SELECT name FROM person WHERE born < 1950",
                "CREATE TRIGGER person_noted AFTER INSERT ON person BEGIN"
                        + " INSERT INTO note VALUES ('new: ' || NEW.name, NEW.id); END",
                fill(
                        "person",
                        "name, born, photo",
                        "'Zoë ' || i, nullif(1900.5 + i % 120, 1950.5), randomblob(i % 900)",
                        700),
                fill(
                        "pair",
                        "a, b, v",
                        "'k' || i, i * 7919 % 1000, CASE i % 3 WHEN 0 THEN i WHEN 1 THEN 'ü' ELSE x'00ff' END",
                        300),
                "DELETE FROM person WHERE id % 7 = 3",
                "DELETE FROM note WHERE rowid % 5 = 2",
                "INSERT INTO note (rowid, text, at) VALUES (-5, NULL, 1.5), (9223372036854775807, '', x'')",
                "INSERT INTO \"odd \"\"name\" VALUES ('Zoë 1', 1), (NULL, NULL)",
                "PRAGMA user_version = 42",
                "PRAGMA application_id = -7");
    }

    /** Returns an INSERT of several rows; {@code i} is the number of a row, from 1. */
    public static String fill(String table, String columns, String values, int rows) {
        return "INSERT INTO " + table + " (" + columns
                + ") WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n" + " WHERE i < " + rows
                + ") SELECT " + values + " FROM n";
    }

    /** Returns the first row of a query, as SQL literals. */
    public static String value(Path file, String query) throws SQLException {
        try (Connection connection = open(file)) {
            return value(connection, query);
        }
    }

    /** Returns the first row of a query, as SQL literals. */
    public static String value(Connection connection, String query) throws SQLException {
        return rows(connection, query).get(0);
    }

    /**
     * Returns the settings, the schema and the rows of each table with their rowids, by name. Leaves out the tables of
     * this library that describe one copy only, which every restore writes anew.
     */
    public static Map<String, List<String>> dump(Path file) throws SQLException {
        if (!Files.exists(file)) {
            throw new SQLException("no database at " + file);
        }
        try (Connection connection = open(file)) {
            return dump(connection);
        }
    }

    /** Returns the settings, the schema and the rows of each table with their rowids, by name. */
    public static Map<String, List<String>> dump(Connection connection) throws SQLException {
        Map<String, List<String>> dump = new TreeMap<>();
        for (String pragma :
                List.of("user_version", "application_id", "encoding", "page_size", "auto_vacuum", "journal_mode")) {
            dump.put("PRAGMA " + pragma, rows(connection, "PRAGMA " + pragma));
        }
        dump.put("integrity_check", rows(connection, "PRAGMA integrity_check"));
        dump.put(
                "schema",
                rows(
                        connection,
                        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE " + NOT_BOOKKEEPING
                                + " ORDER BY type, name"));
        for (String table :
                rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND " + NOT_BOOKKEEPING)) {
            dump.put("table " + table, tableRows(connection, unquoted(table)));
        }
        return dump;
    }

    private static List<String> tableRows(Connection connection, String table) throws SQLException {
        String quoted = "\"" + table.replace("\"", "\"\"") + "\"";
        try {
            return rows(connection, "SELECT rowid, * FROM " + quoted + " ORDER BY rowid");
        } catch (SQLException e) {
            boolean isWide =
                    rows(connection, "PRAGMA table_info(" + quoted + ")").size() > 1;
            return rows(connection, "SELECT * FROM " + quoted + " ORDER BY 1" + (isWide ? ", 2" : "")); // WITHOUT ROWID
        }
    }

    private static String unquoted(String literal) {
        return literal.substring(1, literal.length() - 1).replace("''", "'");
    }

    /** Returns the rows of a query as SQL literals. */
    public static List<String> rows(Path file, String query) throws SQLException {
        try (Connection connection = open(file)) {
            return rows(connection, query);
        }
    }

    /** Returns the rows of a query as SQL literals, which keep type and value apart. */
    public static List<String> rows(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> found = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int column = 1; column <= columns; column++) {
                    row.append(column > 1 ? ", " : "").append(literal(rows.getObject(column)));
                }
                found.add(row.toString());
            }
            return found;
        }
    }

    /** Returns a value as a literal; a long blob by its length and SHA-256, since several megabytes of hex are slow. */
    private static String literal(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.length <= LONGEST_BLOB_AS_HEX
                    ? "x'" + HexFormat.of().formatHex(bytes) + "'"
                    : "blob of " + bytes.length + " bytes, SHA-256 " + sha256(bytes);
        }
        return value instanceof String text ? "'" + text.replace("'", "''") + "'" : String.valueOf(value);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }
}

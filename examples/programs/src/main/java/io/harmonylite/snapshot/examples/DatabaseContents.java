package io.harmonylite.snapshot.examples;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every row of every table of a small database, read by plain JDBC without the library. Immutable.
 *
 * @param schema the statements that create tables, indexes, views and triggers
 * @param rows rows by table, as SQL literals in rowid order
 */
record DatabaseContents(List<String> schema, SortedMap<String, List<String>> rows) {

    /** A restored database has a table that says where it comes from; that is not the user's. */
    private static final String NOT_OURS = "tbl_name NOT GLOB '__harmonylite__*'";

    private static final String USER_TABLES =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND " + NOT_OURS;

    /**
     * Reads an existing database.
     *
     * @throws SQLException if it does not exist or SQLite cannot read it
     */
    static DatabaseContents read(Path database) throws SQLException {
        String url = "jdbc:sqlite:" + database.toUri() + "?mode=ro";
        try (Connection connection = DriverManager.getConnection(url)) {
            SortedMap<String, List<String>> rows = new TreeMap<>();
            for (List<@Nullable Object> table : query(connection, USER_TABLES)) {
                String name = String.valueOf(table.get(0));
                rows.put(name, literals(connection, "SELECT rowid, * FROM " + quoted(name) + " ORDER BY rowid"));
            }
            List<String> schema = literals(
                    connection,
                    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE " + NOT_OURS + " ORDER BY type, name");
            return new DatabaseContents(schema, Collections.unmodifiableSortedMap(rows));
        }
    }

    /** Returns the number of rows of all tables. */
    int rowCount() {
        return rows.values().stream().mapToInt(List::size).sum();
    }

    /** Returns how many rows of a table are equal, at the same position, in both databases. */
    int identicalRows(String table, DatabaseContents other) {
        List<String> ours = rows.getOrDefault(table, List.of());
        List<String> theirs = other.rows.getOrDefault(table, List.of());
        int same = 0;
        for (int row = 0; row < Math.min(ours.size(), theirs.size()); row++) {
            same += ours.get(row).equals(theirs.get(row)) ? 1 : 0;
        }
        return same;
    }

    private static List<String> literals(Connection connection, String sql) throws SQLException {
        return query(connection, sql).stream().map(DatabaseContents::literal).toList();
    }

    private static List<List<@Nullable Object>> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<@Nullable Object>> found = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(result.getObject(column));
                }
                found.add(row);
            }
            return found;
        }
    }

    private static String literal(List<@Nullable Object> row) {
        StringBuilder text = new StringBuilder();
        for (Object value : row) {
            text.append(text.isEmpty() ? "" : ", ").append(literal(value));
        }
        return text.toString();
    }

    private static String literal(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return "x'" + HexFormat.of().formatHex(bytes) + "'";
        }
        return value instanceof String text ? "'" + text.replace("'", "''") + "'" : String.valueOf(value);
    }

    private static String quoted(String table) {
        return "\"" + table.replace("\"", "\"\"") + "\"";
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads rows with the bytes of their text, because the driver replaces invalid bytes. Immutable. */
final class RowReader {

    private final List<String> columns;
    private final Charset encoding;

    private RowReader(List<String> columns, Charset encoding) {
        this.columns = columns;
        this.encoding = encoding;
    }

    /** Returns a reader of given columns. */
    static RowReader of(Connection connection, List<String> columns) throws SQLException {
        return new RowReader(columns, encoding(connection));
    }

    /** Returns a reader of all columns, generated ones included. */
    static RowReader of(Connection connection, String table) throws SQLException {
        String name = "'" + table.replace("'", "''") + "'";
        return of(
                connection,
                Sql.texts(
                        connection,
                        "SELECT name FROM pragma_table_xinfo(" + name + ", 'main') WHERE hidden <> 1 ORDER BY cid"));
    }

    /** Returns the encoding of a database's text. */
    static Charset encoding(Connection connection) throws SQLException {
        return Charset.forName(Sql.text(connection, "PRAGMA main.encoding"));
    }

    /** Returns the first columns of the result that {@link #read} needs. */
    String selected() {
        return columns.stream()
                .map(Sql::quote)
                .map(column -> "typeof(" + column + "), CASE typeof(" + column + ") WHEN 'text' THEN CAST(" + column
                        + " AS BLOB) ELSE " + column + " END")
                .collect(Collectors.joining(", "));
    }

    /** Returns the values of a row; text as {@link StoredText}. Names are compared as SQLite compares them. */
    Map<String, @Nullable Object> read(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> values = new TreeMap<>(Sql.NAMES);
        int next = 1;
        for (String column : columns) {
            boolean isText = "text".equals(row.getString(next++));
            values.put(column, isText ? new StoredText(row.getBytes(next), encoding) : row.getObject(next));
            next++;
        }
        return values;
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Transfers one table of a live database to a staged image: its definition, rows that meet a condition, and their
 * effect. Keeps rowids, order and the bytes of text. Used by one thread.
 */
public final class TableTransfer {

    private static final String ROWID = "rowid";
    private static final String COUNTERS = "sqlite_sequence"; // SQLite's table of AUTOINCREMENT counters

    private final Connection source;
    private final String table;
    private final List<String> columns;

    private TableTransfer(Connection source, String table, List<String> columns) {
        this.source = source;
        this.table = table;
        this.columns = columns;
    }

    /** Finds a table by its name, compared as SQLite compares names. */
    private static TableTransfer of(Connection source, String name) throws SQLException {
        List<String> found = texts(
                source, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", name);
        String table = found.isEmpty() ? name : found.get(0);
        List<String> columns =
                texts(source, "SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden = 0 ORDER BY cid", table);
        if (hasRowid(source, table) && columns.stream().noneMatch("rowid"::equalsIgnoreCase)) {
            columns.add(0, ROWID);
        }
        return new TableTransfer(source, table, columns);
    }

    private static boolean hasRowid(Connection source, String table) throws SQLException {
        return !texts(source, "SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND wr = 0", table)
                .isEmpty();
    }

    /** Returns the number of rows that meet a condition; 0 if the table does not exist. */
    public static long count(Connection source, String name, String condition) throws SQLException {
        TableTransfer table = of(source, name);
        String query = "SELECT count(*) FROM main." + Sql.quote(table.table) + " WHERE (" + condition + ")";
        return table.exists() ? Sql.number(source, query) : 0;
    }

    /**
     * Transfers the table and the rows that meet a condition; returns their number. Does nothing if the table does not
     * exist.
     */
    public static long carry(Connection source, Connection target, String name, String condition, RowEffect effect)
            throws SQLException {
        TableTransfer table = of(source, name);
        if (!table.exists()) {
            return 0;
        }
        table.createIn(target);
        long carried = table.redo(target, condition, effect);
        table.fill(target, condition);
        table.finishIn(target);
        return carried;
    }

    private boolean exists() {
        return !columns.isEmpty();
    }

    /** Creates the table without its triggers, which must not fire for the transferred rows. */
    private void createIn(Connection target) throws SQLException {
        create(target, "type = 'table'");
    }

    /** Creates the table's indexes and triggers, and sets its AUTOINCREMENT counter. */
    private void finishIn(Connection target) throws SQLException {
        create(target, "type IN ('index', 'trigger')");
        if (texts(source, "SELECT name FROM main.sqlite_schema WHERE name = ?", COUNTERS)
                .isEmpty()) {
            return;
        }
        for (String counter : texts(source, "SELECT seq FROM main." + COUNTERS + " WHERE name = ?", table)) {
            update(target, "DELETE FROM main." + COUNTERS + " WHERE name = ?", table);
            update(target, "INSERT INTO main." + COUNTERS + " (name, seq) VALUES (?, " + counter + ")", table);
        }
    }

    private void create(Connection target, String which) throws SQLException {
        String query = "SELECT sql FROM main.sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL AND " + which;
        for (String sql : texts(source, query, table)) {
            Sql.execute(target, sql);
        }
    }

    /** Applies the effects of the rows to the target. */
    private long redo(Connection target, String condition, RowEffect effect) throws SQLException {
        return forEach(RowReader.of(source, table), condition, row -> effect.apply(target, row));
    }

    /** Replaces all rows of the target, including those that triggers wrote, by the rows that meet a condition. */
    private void fill(Connection target, String condition) throws SQLException {
        update(target, "DELETE FROM main." + Sql.quote(table));
        String names = columns.stream().map(Sql::quote).collect(Collectors.joining(", "));
        String values = IntStream.range(0, columns.size())
                .mapToObj(column -> value(2 * column + 1, 2 * column + 2))
                .collect(Collectors.joining(", "));
        String insert = "INSERT INTO main." + Sql.quote(table) + " (" + names + ") VALUES (" + values + ")";
        Charset encoding = RowReader.encoding(target);
        try (PreparedStatement copy = target.prepareStatement(insert)) {
            forEach(RowReader.of(source, columns), condition, row -> insert(row, copy, encoding));
        }
    }

    /** Returns an expression for a value of which one parameter says whether it is the bytes of a text. */
    private static String value(int isText, int value) {
        return "CASE ?" + isText + " WHEN 1 THEN CAST(?" + value + " AS TEXT) ELSE ?" + value + " END";
    }

    private long forEach(RowReader reader, String condition, RowVisitor visitor) throws SQLException {
        String query = "SELECT " + reader.selected() + " FROM main." + Sql.quote(table) + where(condition);
        long done = 0;
        try (Statement select = source.createStatement();
                ResultSet rows = select.executeQuery(query)) {
            while (rows.next()) {
                visitor.visit(reader.read(rows));
                done++;
            }
        }
        return done;
    }

    private String where(String condition) {
        return " WHERE (" + condition + ")" + (columns.get(0).equals(ROWID) ? " ORDER BY rowid" : "");
    }

    private void insert(Map<String, @Nullable Object> row, PreparedStatement insert, Charset encoding)
            throws SQLException {
        int next = 1;
        for (String column : columns) {
            Object value = row.get(column);
            insert.setInt(next++, value instanceof StoredText ? 1 : 0);
            insert.setObject(next++, value instanceof StoredText text ? text.in(encoding, table, column) : value);
        }
        insert.executeUpdate();
    }

    private static List<String> texts(Connection connection, String query, String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, argument);
            try (ResultSet rows = statement.executeQuery()) {
                List<String> texts = new ArrayList<>();
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
                return texts;
            }
        }
    }

    private static void update(Connection connection, String sql, String... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            statement.executeUpdate();
        }
    }

    /** The effect of a row on the data. */
    @FunctionalInterface
    public interface RowEffect {

        /**
         * Applies the effect to the target. Names of columns are compared as SQLite compares them; text is {@link
         * StoredText}.
         */
        void apply(Connection target, Map<String, @Nullable Object> row) throws SQLException;
    }

    private interface RowVisitor {
        void visit(Map<String, @Nullable Object> row) throws SQLException;
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Transfers one table of a live database to a staged image: its definition, the rows that meet a condition, and their
 * effect on the data. Rows keep their rowids and are transferred in their order. Used by one thread.
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
     * Transfers the table and the rows that meet a condition. Does nothing if the table does not exist.
     *
     * @return number of transferred rows
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
        long done = 0;
        try (Statement select = source.createStatement();
                ResultSet rows = select.executeQuery("SELECT * FROM main." + Sql.quote(table) + where(condition))) {
            while (rows.next()) {
                effect.apply(target, values(rows));
                done++;
            }
        }
        return done;
    }

    private static Map<String, @Nullable Object> values(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ResultSetMetaData names = row.getMetaData();
        for (int column = 1; column <= names.getColumnCount(); column++) {
            values.put(names.getColumnName(column), row.getObject(column));
        }
        return values;
    }

    /** Replaces all rows of the target, including those that triggers wrote, by the rows that meet a condition. */
    private void fill(Connection target, String condition) throws SQLException {
        update(target, "DELETE FROM main." + Sql.quote(table));
        String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
        String insert = "INSERT INTO main." + Sql.quote(table) + " (" + names() + ") VALUES (" + marks + ")";
        try (Statement select = source.createStatement();
                ResultSet rows =
                        select.executeQuery("SELECT " + names() + " FROM main." + Sql.quote(table) + where(condition));
                PreparedStatement copy = target.prepareStatement(insert)) {
            while (rows.next()) {
                insert(rows, copy);
            }
        }
    }

    private String where(String condition) {
        return " WHERE (" + condition + ")" + (columns.get(0).equals(ROWID) ? " ORDER BY rowid" : "");
    }

    private void insert(ResultSet row, PreparedStatement insert) throws SQLException {
        for (int column = 1; column <= columns.size(); column++) {
            insert.setObject(column, row.getObject(column));
        }
        insert.executeUpdate();
    }

    private String names() {
        return columns.stream()
                .map(name -> name.equals(ROWID) ? name : Sql.quote(name))
                .collect(Collectors.joining(", "));
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

        /** Applies the effect to the target. Column names in {@code row} are compared as SQLite compares them. */
        void apply(Connection target, Map<String, @Nullable Object> row) throws SQLException;
    }
}

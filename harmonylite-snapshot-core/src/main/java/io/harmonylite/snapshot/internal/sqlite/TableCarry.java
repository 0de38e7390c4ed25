package io.harmonylite.snapshot.internal.sqlite;

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
 * Carries one table of a live database into a staged image: the table as it is, the rows for which a condition holds, in
 * the order of their rowids and with them, and what these rows say was done to the data. Used by one thread.
 */
public final class TableCarry {

    private static final String ROWID = "rowid";
    private static final String COUNTERS = "sqlite_sequence"; // SQLite's own, of AUTOINCREMENT.

    private final Connection source;
    private final String table;
    private final List<String> columns;

    private TableCarry(Connection source, String table, List<String> columns) {
        this.source = source;
        this.table = table;
        this.columns = columns;
    }

    /** A table by its name, compared as SQLite does. */
    private static TableCarry of(Connection source, String name) throws SQLException {
        List<String> found = texts(
                source, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", name);
        String table = found.isEmpty() ? name : found.get(0);
        List<String> columns =
                texts(source, "SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden = 0 ORDER BY cid", table);
        if (hasRowid(source, table) && columns.stream().noneMatch("rowid"::equalsIgnoreCase)) {
            columns.add(0, ROWID);
        }
        return new TableCarry(source, table, columns);
    }

    private static boolean hasRowid(Connection source, String table) throws SQLException {
        return !texts(source, "SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND wr = 0", table)
                .isEmpty();
    }

    /** How many rows there are for which a condition holds; none where there is no such table. */
    public static long count(Connection source, String name, String condition) throws SQLException {
        TableCarry table = of(source, name);
        String query = "SELECT count(*) FROM main." + Sql.quote(table.table) + " WHERE (" + condition + ")";
        return table.exists() ? Sql.number(source, query) : 0;
    }

    /**
     * Carries rows over.
     *
     * @return how many
     */
    public static long carry(Connection source, Connection target, String name, String condition, RowEffect effect)
            throws SQLException {
        TableCarry table = of(source, name);
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

    /** The table alone: its triggers must not see the rows come. */
    private void createIn(Connection target) throws SQLException {
        create(target, "type = 'table'");
    }

    /** What belongs to the table, and where it goes on counting. */
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

    /** Does to the target what the rows say. */
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

    /** Replaces the target's rows, those that triggers wrote meanwhile too, by those for which a condition holds. */
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

    /** What a row says was done. */
    @FunctionalInterface
    public interface RowEffect {

        /** Does it to the target. Names of columns are compared as SQLite does. */
        void apply(Connection target, Map<String, @Nullable Object> row) throws SQLException;
    }
}

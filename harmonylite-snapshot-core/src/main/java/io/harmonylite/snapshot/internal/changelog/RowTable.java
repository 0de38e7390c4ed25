package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are identified by their primary key, or by their rowid if there is none. Has no generated columns;
 * {@code rowid} is one of the columns if it is the key. Immutable.
 */
public record RowTable(String name, Set<String> columns, Set<String> key) {

    private static final String ROWID = "rowid";

    /** Reads the columns of an existing table. */
    static RowTable of(Connection connection, String name) throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        Set<String> key = new LinkedHashSet<>();
        String query = "SELECT name, pk, hidden FROM pragma_table_xinfo(?, 'main')";
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    add(rows, columns, key);
                }
            }
        }
        if (key.isEmpty()) {
            columns.add(ROWID);
            key.add(ROWID);
        }
        return new RowTable(name, Collections.unmodifiableSet(columns), Collections.unmodifiableSet(key));
    }

    private static void add(ResultSet row, Set<String> columns, Set<String> key) throws SQLException {
        if (row.getInt(3) == 0) {
            columns.add(row.getString(1));
            if (row.getInt(2) > 0) {
                key.add(row.getString(1));
            }
        }
    }

    /** Describes in a sentence how a row's columns differ from the table's; returns null if they are the same. */
    public @Nullable String differs(Set<String> row) {
        TreeSet<String> unknown = new TreeSet<>(row);
        unknown.removeAll(columns);
        if (!unknown.isEmpty()) {
            return "table " + name + " has no column " + String.join(", ", unknown);
        }
        TreeSet<String> lacking = new TreeSet<>(columns);
        lacking.removeAll(row);
        return lacking.isEmpty()
                ? null
                : "the message lacks column " + String.join(", ", lacking) + " of table " + name;
    }

    /**
     * Updates the row with this key, or inserts it; returns whether it existed. A violated constraint is an error,
     * whatever the schema says about conflicts.
     */
    boolean put(Statements statements, SortedMap<String, @Nullable Object> row) throws SQLException {
        String set =
                row.keySet().stream().map(column -> Sql.quote(column) + " = ?").collect(Collectors.joining(", "));
        List<@Nullable Object> values = new ArrayList<>(row.values());
        values.addAll(keyOf(row));
        if (statements.update("UPDATE OR ABORT main." + Sql.quote(name) + " SET " + set + where(), values) > 0) {
            return true;
        }
        statements.update(insert("ABORT", row), new ArrayList<>(row.values()));
        return false;
    }

    /** Inserts a row as HarmonyLite does: rows that violate a UNIQUE constraint with it are removed. */
    void replace(Statements statements, SortedMap<String, @Nullable Object> row) throws SQLException {
        statements.update(insert("REPLACE", row), new ArrayList<>(row.values()));
    }

    /** Returns a statement that inserts a row. */
    String insert(String onConflict, SortedMap<String, @Nullable Object> row) {
        String names = row.keySet().stream().map(Sql::quote).collect(Collectors.joining(", "));
        String marks = String.join(", ", Collections.nCopies(row.size(), "?"));
        return "INSERT OR " + onConflict + " INTO main." + Sql.quote(name) + " (" + names + ") VALUES (" + marks + ")";
    }

    /** Deletes the row with this key; returns whether it existed. */
    boolean remove(Statements statements, Map<String, @Nullable Object> row) throws SQLException {
        return statements.update("DELETE FROM main." + Sql.quote(name) + where(), keyOf(row)) > 0;
    }

    /** Returns the key of a row as a SQL condition; equal keys have equal text. */
    String keyText(Map<String, @Nullable Object> row) {
        return SqlLiteral.pairs(key, row, " IS ", " AND ");
    }

    private String where() {
        return " WHERE " + keyCondition();
    }

    /** Returns a condition for a key, with a parameter for each value of {@link #keyOf}. */
    String keyCondition() {
        return key.stream().map(column -> Sql.quote(column) + " IS ?").collect(Collectors.joining(" AND "));
    }

    List<@Nullable Object> keyOf(Map<String, @Nullable Object> row) {
        List<@Nullable Object> values = new ArrayList<>();
        key.forEach(column -> values.add(row.get(column)));
        return values;
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.SchemaObject;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * HarmonyLite's change logs in a database: one for each table, and the global log, which records the order of their
 * rows. A row is pending until its {@code state} is 1. As thread-safe as the connection.
 */
public final class ChangeLogs {

    /** SQL condition that selects pending rows. */
    static final String PENDING = "state IS NOT 1";

    private static final String SUFFIX = "_change_log";
    /** Table that records the order in which the rows of the other logs were written. */
    static final String GLOBAL = ReservedNames.HARMONYLITE + "_change_log_global";

    private static final String VALUE = "val_";

    private final Connection connection;

    /** Creates an instance that reads the logs through a connection. */
    public ChangeLogs(Connection connection) {
        this.connection = connection;
    }

    /** Returns whether a table has the name of a user table's log. */
    static boolean isLog(String table) {
        return table.startsWith(ReservedNames.HARMONYLITE)
                && table.endsWith(SUFFIX)
                && table.length() > ReservedNames.HARMONYLITE.length() + SUFFIX.length();
    }

    /** Returns the name of the user table that a log belongs to. */
    static String tableOf(String log) {
        return log.substring(ReservedNames.HARMONYLITE.length(), log.length() - SUFFIX.length());
    }

    /** Returns the path of the database file. */
    public Path file() throws SQLException {
        return Path.of(Sql.text(connection, "SELECT file FROM pragma_database_list WHERE name = 'main'"));
    }

    /** Visits the pending changes as SQL statements that apply them again, in order, each after a comment line. */
    public <E extends Exception> void forEachStatement(Visitor<String, E> lines) throws SQLException, E {
        forEach(change -> {
            lines.visit("-- " + change.type() + ", entry " + change.number() + " of " + change.log());
            lines.visit(change.statement(RowTable.of(connection, change.table()).key()));
        });
    }

    /** Returns the number of pending rows. */
    public long pending() throws SQLException {
        long pending = 0;
        for (String log : logs()) {
            pending += Sql.number(connection, "SELECT count(*) FROM main." + Sql.quote(log) + " WHERE " + PENDING);
        }
        return pending;
    }

    /** Returns the logs. A table that only has the name of a log belongs to the user. */
    private List<String> logs() throws SQLException {
        List<String> logs = new ArrayList<>();
        for (SchemaObject object : SchemaObject.all(connection)) {
            if (object.isTable() && isLog(connection, object.name())) {
                logs.add(object.name());
            }
        }
        return logs;
    }

    /** Returns whether a table has the name and the columns of a user table's log. */
    static boolean isLog(Connection connection, String table) throws SQLException {
        return isLog(table)
                && Set.copyOf(Sql.texts(
                                connection,
                                "SELECT name FROM pragma_table_info('" + table.replace("'", "''") + "', 'main')"))
                        .containsAll(List.of("id", "type", "created_at", "state"));
    }

    /** Visits the pending changes in their order; those that are not in the global log come last. */
    <E extends Exception> void forEach(Visitor<LoggedChange, E> visitor) throws SQLException, E {
        Map<String, RowReader> logs = new LinkedHashMap<>();
        for (String log : logs()) {
            logs.put(log, RowReader.of(connection, log));
        }
        boolean isOrdered =
                Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema WHERE name = '" + GLOBAL + "'") > 0;
        if (isOrdered) {
            forEachInOrder(logs, visitor);
        }
        for (Map.Entry<String, RowReader> log : logs.entrySet()) {
            String unordered = isOrdered
                    ? " AND id NOT IN (SELECT change_table_id FROM main." + GLOBAL + " WHERE table_name = ?)"
                    : " AND ? IS NOT NULL";
            visit(log.getKey(), log.getValue(), unordered + " ORDER BY id", tableOf(log.getKey()), visitor);
        }
    }

    private <E extends Exception> void forEachInOrder(Map<String, RowReader> logs, Visitor<LoggedChange, E> visitor)
            throws SQLException, E {
        String query = "SELECT table_name, change_table_id FROM main." + GLOBAL
                + " WHERE change_table_id IS NOT NULL ORDER BY id";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                String log = ReservedNames.HARMONYLITE + rows.getString(1) + SUFFIX;
                RowReader reader = logs.get(log);
                if (reader != null) {
                    visit(log, reader, " AND id = ?", rows.getLong(2), visitor);
                }
            }
        }
    }

    private <E extends Exception> void visit(
            String log, RowReader reader, String which, Object argument, Visitor<LoggedChange, E> visitor)
            throws SQLException, E {
        String query =
                "SELECT " + reader.selected() + ", id, type FROM main." + Sql.quote(log) + " WHERE " + PENDING + which;
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setObject(1, argument);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    visitor.visit(new LoggedChange(
                            log, rows.getLong("id"), tableOf(log), rows.getString("type"), values(reader.read(rows))));
                }
            }
        }
    }

    private static SortedMap<String, @Nullable Object> values(Map<String, @Nullable Object> row) {
        SortedMap<String, @Nullable Object> values = new TreeMap<>();
        row.forEach((column, value) -> {
            if (column.startsWith(VALUE)) {
                String text = value instanceof StoredText stored ? stored.string() : null;
                values.put(column.substring(VALUE.length()), text == null ? value : text);
            }
        });
        return values;
    }

    /** Receives items one by one; an exception ends the iteration. */
    @FunctionalInterface
    public interface Visitor<T, E extends Exception> {

        /** Receives the next item. */
        void visit(T next) throws SQLException, E;
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The published rows in the {@link ChangeLogs} of a live database, which may be deleted, except those that the global
 * log still lists, because their publisher has yet to read them.
 */
public final class PublishedChanges {

    private static final int PUBLISHED = 1;
    private static final int BATCH = 500;

    private final DatabasePath database;
    private final SqliteConnector connector;

    /** Creates an instance for a database. */
    public PublishedChanges(DatabasePath database, SqliteConnector connector) {
        this.database = database;
        this.connector = connector;
    }

    /** Counts published rows that are older than an instant, by change log. Changes nothing. */
    public SortedMap<String, Long> count(Instant before) {
        return LiveReader.look(database, connector, look -> {
            TreeMap<String, Long> counts = new TreeMap<>();
            for (String table : tables(look)) {
                counts.put(table, number(look, "SELECT count(*)" + fromPublished(look, table), before));
            }
            return Collections.unmodifiableSortedMap(counts);
        });
    }

    /**
     * Deletes published rows that are older than an instant, in transactions so small that writers hardly wait; returns
     * their number by change log. If it fails, the batches before stay deleted.
     */
    public SortedMap<String, Long> remove(Instant before) {
        try (Connection connection = connector.open(database.file())) {
            TreeMap<String, Long> removed = new TreeMap<>();
            for (String table : tables(connection)) {
                removed.put(table, remove(connection, table, before));
            }
            return Collections.unmodifiableSortedMap(removed);
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }

    private static long remove(Connection connection, String table, Instant before) throws SQLException {
        String sql = "DELETE FROM main." + Sql.quote(table) + " WHERE id IN (SELECT id"
                + fromPublished(connection, table) + " ORDER BY id LIMIT " + BATCH + ")";
        long removed = 0;
        int last;
        do {
            Interruption.check();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, before.toEpochMilli());
                last = statement.executeUpdate();
            }
            removed += last;
        } while (last > 0);
        return removed;
    }

    /** Returns the tables with the name and the columns of a change log of HarmonyLite. */
    private static List<String> tables(Connection connection) throws SQLException {
        List<String> names = Sql.texts(connection, "SELECT name FROM main.sqlite_schema WHERE type = 'table'");
        List<String> found = new ArrayList<>();
        for (String name : names) {
            if (ChangeLogs.isLog(connection, name)) {
                found.add(name);
            }
        }
        return found;
    }

    private static Set<String> columns(Connection connection, String table) throws SQLException {
        return Set.copyOf(Sql.texts(
                connection, "SELECT name FROM pragma_table_info('" + table.replace("'", "''") + "', 'main')"));
    }

    private static String fromPublished(Connection connection, String table) throws SQLException {
        String from = " FROM main." + Sql.quote(table) + " AS log WHERE state = " + PUBLISHED + " AND created_at < ?";
        if (columns(connection, ChangeLogs.GLOBAL).isEmpty()) {
            return from;
        }
        String replicated = ChangeLogs.tableOf(table);
        return from + " AND NOT EXISTS (SELECT 1 FROM main." + ChangeLogs.GLOBAL
                + " AS pending WHERE pending.change_table_id = log.id" + " AND pending.table_name = '"
                + replicated.replace("'", "''") + "')";
    }

    private static long number(Connection connection, String sql, Instant before) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, before.toEpochMilli());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}

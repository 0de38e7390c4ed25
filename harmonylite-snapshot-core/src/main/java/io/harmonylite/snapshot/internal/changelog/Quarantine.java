package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that had the UNIQUE value of an older message, and were therefore removed from their table. A later message for
 * the same key removes the entry; nothing is put back automatically.
 */
public final class Quarantine {

    /** The most rows that a message names. */
    private static final int NAMED = 10;

    private static final String TABLE = "main." + ReservedNames.QUARANTINE;

    /** Selects something if a row is in quarantine. */
    static final String ANY = "SELECT 1 FROM " + TABLE;

    static final String CREATE =
            "CREATE TABLE IF NOT EXISTS " + TABLE + " (table_name TEXT NOT NULL, key TEXT NOT NULL,"
                    + " row TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (table_name, key))"
                    + " WITHOUT ROWID";

    private Quarantine() {}

    /** Lists the rows, sorted by table and key. Returns none if the database has no quarantine. */
    public static <T> List<T> list(Connection connection, Reader<T> reader) throws SQLException {
        List<T> rows = new ArrayList<>();
        if (ReservedNames.isTable(connection, ReservedNames.QUARANTINE)) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT * FROM " + TABLE + " ORDER BY table_name, key")) {
                while (row.next()) {
                    rows.add(reader.read(
                            row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getLong(5)));
                }
            }
        }
        return rows;
    }

    /** Names table and key of the rows, and the messages that removed them; empty if there are none. */
    public static String names(Connection connection) throws SQLException {
        List<String> names = list(
                connection,
                (table, key, row, stream, sequence) ->
                        "table " + table + " key " + key + " (removed by message " + sequence + " of " + stream + ")");
        String more = names.size() > NAMED ? ", and " + (names.size() - NAMED) + " more" : "";
        return String.join(", ", names.subList(0, Math.min(names.size(), NAMED))) + more;
    }

    static void add(
            Statements statements, RowTable table, Map<String, @Nullable Object> row, String stream, long sequence)
            throws SQLException {
        statements.update(
                "INSERT OR REPLACE INTO " + TABLE + " VALUES (?, ?, ?, ?, ?)",
                table.name(),
                table.keyText(row),
                SqlLiteral.insert(table.name(), row),
                stream,
                sequence);
    }

    static void remove(Statements statements, RowTable table, String key) throws SQLException {
        statements.update("DELETE FROM " + TABLE + " WHERE table_name = ? AND key = ?", table.name(), key);
    }

    /** Receives a row of the quarantine. */
    @FunctionalInterface
    public interface Reader<T> {

        /** Receives the row's key as a SQL condition, the statement that inserts it, and the removing message. */
        T read(String table, String key, String row, String stream, long sequence);
    }
}

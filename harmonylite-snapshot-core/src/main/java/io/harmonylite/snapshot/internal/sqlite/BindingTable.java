package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.internal.format.Binding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** The table {@code __harmonylite__snapshot_binding}. Its one row binds a database to the file of its sequence map. */
public final class BindingTable {

    private static final String TABLE = "main." + ReservedNames.BINDING;

    private BindingTable() {}

    /** Reads the row; empty if the table or the row is missing. */
    public static Optional<Binding> read(Connection database) throws SQLException {
        if (!ReservedNames.isTable(database, ReservedNames.BINDING)) {
            return Optional.empty();
        }
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, counter FROM " + TABLE)) {
            return row.next() ? Optional.of(new Binding(row.getString(1), row.getLong(2))) : Optional.empty();
        }
    }

    /** Replaces the row, in the caller's transaction. */
    public static void write(Connection database, Binding binding) throws SQLException {
        Sql.execute(database, "CREATE TABLE IF NOT EXISTS " + TABLE + " (id TEXT NOT NULL, counter INTEGER NOT NULL)");
        Sql.execute(database, "DELETE FROM " + TABLE);
        try (PreparedStatement insert = database.prepareStatement("INSERT INTO " + TABLE + " VALUES (?, ?)")) {
            insert.setString(1, binding.id());
            insert.setLong(2, binding.counter());
            insert.executeUpdate();
        }
    }
}

package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.sqlite.BindingTable;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;

/** The database's side of a {@link Binding}. Immutable and thread-safe. */
public record Binder(DatabasePath database, SqliteConnector connector, Supplier<String> names) {

    /** Returns whether there is no database to bind; it is never created. */
    public boolean isDatabaseMissing() {
        try {
            return database.isMissingOrEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a binding that no database has yet. */
    public Binding fresh() {
        return new Binding(names.get(), 0);
    }

    /** Writes the next binding of a map to the database; durable on return. The map must record it next. */
    public Binding advance(Binding ofMap) {
        try (Connection connection = connector.untrusting().open(database.file())) {
            Sql.execute(connection, "PRAGMA main.synchronous = EXTRA"); // The map must not get ahead by a power cut.
            Sql.execute(connection, "BEGIN IMMEDIATE");
            Optional<Binding> found = BindingTable.read(connection);
            long counter = found.filter(binding -> binding.id().equals(ofMap.id()))
                    .map(Binding::counter)
                    .orElse(0L);
            Binding next = new Binding(ofMap.id(), Math.max(counter, ofMap.counter()) + 1);
            BindingTable.write(connection, next);
            Sql.execute(connection, "COMMIT");
            return next;
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Runs a part of a transaction atomically. Without an open transaction, it runs its own.
 *
 * @see <a href="https://www.sqlite.org/lang_savepoint.html">SAVEPOINT</a>
 */
public final class Savepoint {

    private static final String NAME = "harmonylite_snapshot_change";

    private Savepoint() {}

    /** Runs work, and undoes its changes if it throws. */
    public static <T> T run(Connection connection, LiveDatabase.Query<T> work) throws SQLException {
        Sql.execute(connection, "SAVEPOINT " + NAME);
        try {
            T result = work.run(connection);
            Sql.execute(connection, "RELEASE " + NAME);
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            undo(connection, e);
            throw e;
        }
    }

    /** Runs work, and undoes its changes in any case. */
    public static <T> T undone(Connection connection, LiveDatabase.Query<T> work) throws SQLException {
        Sql.execute(connection, "SAVEPOINT " + NAME);
        try {
            T result = work.run(connection);
            Sql.execute(connection, "ROLLBACK TO " + NAME);
            Sql.execute(connection, "RELEASE " + NAME);
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            undo(connection, e);
            throw e;
        }
    }

    private static void undo(Connection connection, Throwable reason) {
        try {
            Sql.execute(connection, "ROLLBACK TO " + NAME);
            Sql.execute(connection, "RELEASE " + NAME);
        } catch (SQLException e) {
            reason.addSuppressed(e); // SQLite has already rolled back the whole transaction and the savepoint.
        }
    }
}

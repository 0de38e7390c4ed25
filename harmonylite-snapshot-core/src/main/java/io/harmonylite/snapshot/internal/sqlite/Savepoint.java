package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A part of a transaction that is done as a whole or not at all; a transaction of its own where none is open.
 *
 * @see <a href="https://www.sqlite.org/lang_savepoint.html">SAVEPOINT</a>
 */
public final class Savepoint {

    private static final String NAME = "harmonylite_snapshot_change";

    private Savepoint() {}

    /** Runs something; what it did is undone where it throws. */
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

    private static void undo(Connection connection, Throwable reason) {
        try {
            Sql.execute(connection, "ROLLBACK TO " + NAME);
            Sql.execute(connection, "RELEASE " + NAME);
        } catch (SQLException e) {
            reason.addSuppressed(e); // SQLite has rolled the whole transaction back already, the savepoint with it.
        }
    }
}

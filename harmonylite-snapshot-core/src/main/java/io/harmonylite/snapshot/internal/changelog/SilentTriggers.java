package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * Keeps HarmonyLite's triggers from logging a change: they fire only on connections without the function {@code
 * harmonylite_version}. The user's triggers fire as usual.
 */
final class SilentTriggers {

    private static final String NAME = "harmonylite_version";
    private static final String PROBE = "harmonylite_snapshot_probe";
    private static final int ANY_ARGUMENTS = -1;

    private SilentTriggers() {}

    /** Runs work on a connection that has the function only during the call; fails if a statement is active on it. */
    static <T> T during(Connection connection, LiveDatabase.Query<T> work) throws SQLException {
        if (Sql.number(connection, "SELECT count(*) FROM pragma_function_list WHERE name = '" + NAME + "'") > 0) {
            return work.run(connection); // The host's own function: the triggers are already silent.
        }
        SQLiteConnection driver = connection.unwrap(SQLiteConnection.class);
        DB database = driver.getDatabase();
        synchronized (database) { // The driver's own monitor: no other thread can start a statement.
            requireIdle(database);
            Function.create(driver, NAME, new Version());
            try {
                return work.run(connection);
            } finally {
                remove(database, NAME);
            }
        }
    }

    /** SQLite removes no function while a statement is active. A function that nothing calls shows it beforehand. */
    private static void requireIdle(DB database) throws SQLException {
        if (database.create_function(PROBE, new Version(), ANY_ARGUMENTS, 0) != 0) {
            throw active(); // The probe of an earlier call is still there, and cannot be replaced.
        }
        remove(database, PROBE);
    }

    private static void remove(DB database, String function) throws SQLException {
        if (database.destroy_function(function) != 0) {
            throw active();
        }
    }

    private static SQLException active() {
        return new SQLException("the change cannot be applied on this connection while a statement is active on it:"
                + " HarmonyLite's triggers would stay silent, and the host's next changes would not be published. Close"
                + " the open result sets, or apply changes on a connection of their own");
    }

    private static final class Version extends Function {
        @Override
        protected void xFunc() throws SQLException {
            result("harmonylite-snapshot");
        }
    }
}

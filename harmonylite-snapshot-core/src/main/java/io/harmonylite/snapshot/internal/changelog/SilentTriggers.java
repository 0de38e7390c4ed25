package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;

/**
 * Keeps HarmonyLite's triggers from logging a change while it is applied. They fire only on connections without the
 * function {@code harmonylite_version}, which HarmonyLite adds to its own connections. The user's triggers fire as
 * usual.
 */
final class SilentTriggers {

    private static final String NAME = "harmonylite_version";

    private SilentTriggers() {}

    /** Runs work on a connection that has the function only during the call. */
    static <T> T during(Connection connection, LiveDatabase.Query<T> work) throws SQLException {
        if (Sql.number(connection, "SELECT count(*) FROM pragma_function_list WHERE name = '" + NAME + "'") > 0) {
            return work.run(connection); // The host's own function: the triggers are already silent.
        }
        SQLiteConnection driver = connection.unwrap(SQLiteConnection.class);
        Function.create(driver, NAME, new Version());
        try {
            return work.run(connection);
        } finally {
            Function.destroy(driver, NAME);
        }
    }

    private static final class Version extends Function {
        @Override
        protected void xFunc() throws SQLException {
            result("harmonylite-snapshot");
        }
    }
}

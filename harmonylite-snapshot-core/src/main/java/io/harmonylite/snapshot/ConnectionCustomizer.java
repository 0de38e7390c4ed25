package io.harmonylite.snapshot;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Prepares every connection the library opens: to the live database, to a private copy and to a staged file. A host whose
 * schema uses functions or collations of its own registers them here; without them SQLite can neither check nor compact
 * such a database.
 *
 * <p>Called once per connection, right after it was opened, on the thread that opened it, which may be one of the host's
 * executor. It may block, must not close the connection, must leave no transaction open, and should not change the
 * journal mode. When it throws, the operation fails with what it threw as cause.
 */
@FunctionalInterface
public interface ConnectionCustomizer {

    /** Prepares one connection. */
    void customize(Connection connection) throws SQLException;

    /** Leaves connections as they are. */
    static ConnectionCustomizer none() {
        return connection -> {};
    }
}

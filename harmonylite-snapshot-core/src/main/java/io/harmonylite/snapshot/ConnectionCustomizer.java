package io.harmonylite.snapshot;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Prepares every connection that the library opens: to the live database, to a private copy and to a staged file.
 * Register functions and collations of the application here, also those that replace one of SQLite. Without them the
 * tables that use them cannot be checked, and the database is not compacted.
 *
 * <p>{@link #customize} is called once per connection, directly after the connection was opened and on the same thread.
 * This may be a thread of the host's executor, and several threads may call it at the same time. It may block. It must
 * not close the connection, must leave no transaction open, and should not change the journal mode. If it throws, the
 * operation fails with that exception as its cause.
 */
@FunctionalInterface
public interface ConnectionCustomizer {

    /**
     * Prepares one connection.
     *
     * @throws SQLException if the connection cannot be prepared
     */
    void customize(Connection connection) throws SQLException;

    /** Returns a customizer that leaves connections unchanged. */
    static ConnectionCustomizer none() {
        return connection -> {};
    }
}

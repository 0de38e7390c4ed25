package io.harmonylite.snapshot;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Prepares every connection that the library opens: to the live database, to a private copy and to a staged file.
 * Register functions and collations of the application here, also those that replace one of SQLite. Without them the
 * tables that use them cannot be checked, and the database is not compacted.
 *
 * <p>An image that was fetched from a store is opened with <a
 * href="https://www.sqlite.org/pragma.html#pragma_trusted_schema">{@code trusted_schema}</a> off, because others may have
 * written its schema. There a schema can call only functions that have no effects and are marked so: pass {@code
 * SQLITE_INNOCUOUS} (0x200000) as a flag to {@code org.sqlite.Function.create}. A table whose constraints or indexes
 * call another function is not checked there, and writing its rows fails. Functions that sqlite-jdbc adds to SQLite, such
 * as {@code reverse}, are not marked; a host whose schema calls one registers its own of that name.
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

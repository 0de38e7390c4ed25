package io.harmonylite.snapshot.internal.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A new private file into which SQLite copies without syncing it: the file of a run that dies is never read. The copy
 * opens its target itself and would sync it. This connection therefore stays open during the copy, shares its cache
 * with the copy, and turns syncing off there. If SQLite did not share the cache, the copy would be synced and equally
 * valid.
 *
 * @see <a href="https://www.sqlite.org/sharedcache.html">SQLite's shared cache</a>
 */
final class PrivateTarget implements AutoCloseable {

    private final Path file;
    private final String uri;
    private final Connection holder;

    private PrivateTarget(Path file, String uri, Connection holder) {
        this.file = file;
        this.uri = uri;
        this.holder = holder;
    }

    static PrivateTarget create(Path file, SqliteConnector connector) {
        String uri = SqliteConnector.uri(file) + "?cache=shared";
        try {
            return new PrivateTarget(file, uri, unsynced(connector.openNew(uri)));
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }

    private static Connection unsynced(Connection holder) throws SQLException {
        try {
            Sql.execute(holder, "PRAGMA main.synchronous = OFF");
            return holder;
        } catch (SQLException e) {
            try (holder) {
                throw e;
            }
        }
    }

    /** Returns the URI that the copy opens. */
    String uri() {
        return uri;
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }
}

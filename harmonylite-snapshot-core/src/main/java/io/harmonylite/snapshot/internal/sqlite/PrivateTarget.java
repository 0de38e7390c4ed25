package io.harmonylite.snapshot.internal.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A new private file that SQLite copies into without syncing it: a run that dies leaves nothing that anybody reads. The
 * copy opens its target itself and would sync it, so this connection holds the file meanwhile, shares its cache with the
 * copy, and says there that nothing is synced. Where SQLite did not share it, the copy would be synced and as good.
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

    /** What the copy opens. */
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

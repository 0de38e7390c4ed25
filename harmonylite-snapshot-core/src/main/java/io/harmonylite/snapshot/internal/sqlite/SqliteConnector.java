package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.ConnectionCustomizer;
import io.harmonylite.snapshot.internal.format.NativeLibrary;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.SQLiteOpenMode;

/** Opens connections. Only {@link #openNew} can create a file. Immutable, and as thread-safe as the customizer. */
public final class SqliteConnector {

    private final ConnectionCustomizer customizer;
    private final Duration busyTimeout;
    private final UnaryOperator<Connection> seam;

    /** Creates a connector. SQLite waits as long as the timeout for a lock of another connection. */
    public SqliteConnector(ConnectionCustomizer customizer, Duration busyTimeout) {
        this(customizer, busyTimeout, UnaryOperator.identity());
    }

    /** Creates a connector whose seam wraps each new connection, so that tests can intercept calls of SQLite. */
    public SqliteConnector(ConnectionCustomizer customizer, Duration busyTimeout, UnaryOperator<Connection> seam) {
        this.customizer = customizer;
        this.busyTimeout = busyTimeout;
        this.seam = seam;
    }

    /** Opens a database for reading and writing. */
    public Connection open(Path database) throws SQLException {
        return open(uri(database), SQLiteOpenMode.READWRITE);
    }

    /** Opens a database for reading. In WAL mode the connection still takes part in locking. */
    public Connection openReadOnly(Path database) throws SQLException {
        return open(uri(database), SQLiteOpenMode.READONLY);
    }

    /**
     * Opens a live database without a trace. With a WAL file the connection is read-only, because closing the last
     * writable one would checkpoint it; without one it is writable, because a read-only one would leave sidecars.
     */
    public Connection openToLook(DatabasePath database) throws SQLException {
        if (database.hasWal()) {
            return openReadOnly(database.file());
        }
        Connection connection = open(database.file());
        try {
            Sql.execute(connection, "PRAGMA query_only = ON");
            return connection;
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** Returns how long SQLite waits for a lock of another connection. */
    public Duration busyTimeout() {
        return busyTimeout;
    }

    /** Opens a private file, which nothing writes, in rollback mode without locks and sidecars. */
    public Connection openImmutable(Path privateFile) throws SQLException {
        return open(uri(privateFile) + "?immutable=1", SQLiteOpenMode.READONLY);
    }

    /** Creates a private file. The host's customizer is not applied: nothing is read or written by this connection. */
    Connection openNew(String uri) throws SQLException {
        return connect(config(), uri);
    }

    private Connection connect(SQLiteConfig config, String uri) throws SQLException {
        Loading.DONE.join();
        try {
            return seam.apply(config.createConnection("jdbc:sqlite:" + uri));
        } catch (LinkageError e) {
            throw NativeLibrary.notLoaded("SQLite", "org.sqlite.tmpdir", e);
        } catch (SQLException e) {
            if (e.getCause() instanceof NativeLibraryNotFoundException
                    || e.getCause() instanceof InvalidPathException) {
                throw NativeLibrary.notLoaded("SQLite", "org.sqlite.tmpdir", e);
            }
            throw e;
        }
    }

    private SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
        return config;
    }

    private Connection open(String uri, SQLiteOpenMode mode) throws SQLException {
        SQLiteConfig config = config();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.resetOpenMode(SQLiteOpenMode.READWRITE);
        config.setOpenMode(mode);
        Connection connection = connect(config, uri);
        try {
            customizer.customize(connection);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** Returns the URI for SQLite calls that open the database themselves. They fail if the file does not exist. */
    public static String uriOfExisting(Path database) {
        return uri(database) + "?mode=rw";
    }

    /** Returns a file URI, the only form in which neither SQLite nor its driver interprets characters of the path. */
    static String uri(Path file) {
        return "file:" + file.toAbsolutePath().toUri().getRawPath();
    }

    /** Loads SQLite in its own thread: the driver waits for a child process, and clears the interrupt of its thread. */
    private static final class Loading {
        static final CompletableFuture<Void> DONE = CompletableFuture.runAsync(
                new FutureTask<>(
                        SQLiteJDBCLoader::initialize), // Its failure recurs when the first connection is opened.
                task -> new Thread(task, "harmonylite-snapshot-load").start());
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.ConnectionCustomizer;
import io.harmonylite.snapshot.internal.format.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
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
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.SQLiteOpenMode;

/** Opens connections. Only {@link #openNew} can create a file. Immutable, and as thread-safe as the customizer. */
public final class SqliteConnector {

    /** Maximum length of a value if the file is shorter, in bytes. No value in a file is longer than the file. */
    private static final int MIN_LENGTH = 64 << 20;

    private static final int MAX_SQL = 16 << 20;
    private static final int MAX_OPERATIONS = 5_000_000; // Of one statement, 24 bytes each.

    private final ConnectionCustomizer customizer;
    private final Duration busyTimeout;
    private final UnaryOperator<Connection> seam;
    private final boolean isTrusting;

    /** Creates a connector. SQLite waits as long as the timeout for a lock of another connection. */
    public SqliteConnector(ConnectionCustomizer customizer, Duration busyTimeout) {
        this(customizer, busyTimeout, UnaryOperator.identity());
    }

    /** Creates a connector whose seam wraps each new connection, so that tests can intercept calls of SQLite. */
    public SqliteConnector(ConnectionCustomizer customizer, Duration busyTimeout, UnaryOperator<Connection> seam) {
        this(customizer, busyTimeout, seam, true);
    }

    private SqliteConnector(
            ConnectionCustomizer customizer, Duration busyTimeout, UnaryOperator<Connection> seam, boolean isTrusting) {
        this.customizer = customizer;
        this.busyTimeout = busyTimeout;
        this.seam = seam;
        this.isTrusting = isTrusting;
    }

    /**
     * Returns a connector for files that came from a store, which others may have written. No function with effects runs
     * from their schema, and no value or statement in them needs memory out of proportion. {@code docs/threat-model.md}
     * says why that suffices without SQLite's defensive mode, which the driver cannot set.
     *
     * @see <a href="https://www.sqlite.org/security.html">Defense against the dark arts</a>
     */
    public SqliteConnector untrusting() {
        return new SqliteConnector(customizer, busyTimeout, seam, false);
    }

    /** Opens a database for reading and writing. */
    public Connection open(Path database) throws SQLException {
        return open(database, "", SQLiteOpenMode.READWRITE);
    }

    /** Opens a database for reading. In WAL mode the connection still takes part in locking. */
    public Connection openReadOnly(Path database) throws SQLException {
        return open(database, "", SQLiteOpenMode.READONLY);
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
        return open(privateFile, "?immutable=1", SQLiteOpenMode.READONLY);
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

    private Connection open(Path file, String options, SQLiteOpenMode mode) throws SQLException {
        SQLiteConfig config = config();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.resetOpenMode(SQLiteOpenMode.READWRITE);
        config.setOpenMode(mode);
        if (!isTrusting) {
            limit(config, lengthOf(file));
        }
        Connection connection = connect(config, uri(file) + options);
        try {
            customizer.customize(connection);
            if (!isTrusting) {
                restrict(connection);
            }
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            try (connection) {
                throw e;
            }
        }
    }

    private static long lengthOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0; // SQLite reports the same failure with its own code.
        }
    }

    private static void limit(SQLiteConfig config, long fileBytes) {
        long length = Math.min(Math.max(fileBytes, MIN_LENGTH), Integer.MAX_VALUE);
        config.setPragma(Pragma.LIMIT_LENGTH, String.valueOf(length));
        config.setPragma(Pragma.LIMIT_SQL_LENGTH, String.valueOf(MAX_SQL));
        config.setPragma(Pragma.LIMIT_VDBE_OP, String.valueOf(MAX_OPERATIONS));
        config.setPragma(Pragma.MMAP_SIZE, "0");
    }

    /**
     * Restricts what the schema of a file can do. The schema is loaded before, which runs nothing: otherwise SQLite would
     * reject a whole file if one table calls a function of the host that is not marked as innocuous. It is loaded anew,
     * because SQLite does not restrict calls of functions that were registered after the schema was loaded.
     */
    private static void restrict(Connection connection) throws SQLException {
        Sql.execute(connection, "PRAGMA cell_size_check = ON");
        Sql.execute(connection, "PRAGMA writable_schema = RESET");
        Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
        Sql.execute(connection, "PRAGMA trusted_schema = OFF");
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

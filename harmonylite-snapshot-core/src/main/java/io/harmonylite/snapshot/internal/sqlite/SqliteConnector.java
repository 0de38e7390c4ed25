package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.ConnectionCustomizer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * Opens connections. None of them can create a database file, but for {@link #openNew}: a path that is wrong stays
 * empty. Immutable and thread-safe as far as the host's customizer is.
 */
public final class SqliteConnector {

    private final ConnectionCustomizer customizer;
    private final Duration busyTimeout;
    private final UnaryOperator<Connection> seam;

    /**
     * Creates a connector.
     *
     * @param busyTimeout how long SQLite waits for a lock that others hold
     */
    public SqliteConnector(ConnectionCustomizer customizer, Duration busyTimeout) {
        this(customizer, busyTimeout, UnaryOperator.identity());
    }

    /**
     * Creates a connector whose connections are watched.
     *
     * @param seam what each new connection is used through: the seam over calls of SQLite, for tests
     */
    public SqliteConnector(ConnectionCustomizer customizer, Duration busyTimeout, UnaryOperator<Connection> seam) {
        this.customizer = customizer;
        this.busyTimeout = busyTimeout;
        this.seam = seam;
    }

    /** Opens a database for reading and writing. */
    public Connection open(Path database) throws SQLException {
        return open(uri(database), SQLiteOpenMode.READWRITE);
    }

    /** Opens a database for reading. In WAL mode it still takes part in the locking of others. */
    public Connection openReadOnly(Path database) throws SQLException {
        return open(uri(database), SQLiteOpenMode.READONLY);
    }

    /**
     * Opens a live database to look at it, without a trace: no byte of it changes, and no sidecar is left that was not
     * there. The last connection that may write moves what a {@code -wal} holds into the database when it is closed; one
     * that may only read leaves sidecars of its own behind.
     */
    Connection openToLook(DatabasePath database) throws SQLException {
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

    /** How long SQLite waits for a lock that others hold. */
    Duration busyTimeout() {
        return busyTimeout;
    }

    /** Opens a private file in rollback mode that nobody writes: without locks, and without sidecars. */
    public Connection openImmutable(Path privateFile) throws SQLException {
        return open(uri(privateFile) + "?immutable=1", SQLiteOpenMode.READONLY);
    }

    /** Creates a private file. What a host sets on connections is left out: nothing is read or written through this one. */
    Connection openNew(String uri) throws SQLException {
        return seam.apply(config().createConnection("jdbc:sqlite:" + uri));
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
        Connection connection = seam.apply(config.createConnection("jdbc:sqlite:" + uri));
        try {
            customizer.customize(connection);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** The URI of a database for calls of SQLite that open it themselves; they fail where it does not exist. */
    static String uriOfExisting(Path database) {
        return uri(database) + "?mode=rw";
    }

    /** A file URI: the only form in which neither SQLite nor its driver finds a meaning in characters of the path. */
    static String uri(Path file) {
        return "file:" + file.toAbsolutePath().toUri().getRawPath();
    }
}

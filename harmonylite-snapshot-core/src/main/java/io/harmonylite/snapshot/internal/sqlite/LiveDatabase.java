package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * A live database in one read transaction, so that every read sees the same committed state. In WAL mode writers
 * continue; in rollback mode they wait. Not thread-safe.
 */
public final class LiveDatabase implements AutoCloseable {

    private static final String LOOK = "SELECT count(*) FROM main.sqlite_schema";
    private static final int BYTES_PER_STEP = 16 << 20;
    private static final int BYTES_PER_SMALL_STEP = 1 << 20;

    private final DatabasePath database;
    private final SqliteConnector connector;
    private final Connection connection;
    private final @Nullable UnlockedRead unlocked;
    private Consumer<LiveDatabase> begun = live -> {};

    private LiveDatabase(
            DatabasePath database, SqliteConnector connector, Connection connection, @Nullable UnlockedRead unlocked) {
        this.database = database;
        this.connector = connector;
        this.connection = connection;
        this.unlocked = unlocked;
    }

    /**
     * Opens a database, which is never created, and begins the read transaction. Throws if the file is missing, empty,
     * damaged, encrypted or not a SQLite database.
     */
    public static LiveDatabase open(DatabasePath database, SqliteConnector connector) {
        return begun(connect(database, connector));
    }

    /** Opens a database like {@link #open}, but without a trace, as {@link SqliteConnector#openToLook} does. */
    public static LiveDatabase openToLook(DatabasePath database, SqliteConnector connector) {
        try {
            return begun(new LiveDatabase(database, connector, connector.openToLook(database), null));
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }

    private static LiveDatabase begun(LiveDatabase live) {
        try {
            live.begin();
            return live;
        } catch (RuntimeException e) {
            try (live) {
                throw e;
            }
        }
    }

    /** Opens a database like {@link #open}, but leaves the transaction to the caller's {@link #begin}. */
    public static LiveDatabase connect(DatabasePath database, SqliteConnector connector) {
        requireExists(database);
        try {
            return new LiveDatabase(database, connector, readable(connector.open(database.file())), null);
        } catch (SQLException e) {
            if (SqliteFailures.isForbidden(e) && UnlockedRead.isNeeded(database)) {
                return connectUnlocked(database, connector);
            }
            throw SqliteFailures.translate(database.file(), e);
        }
    }

    /** Returns the connection after a first read, because SQLite reports missing permissions only then. */
    private static Connection readable(Connection connection) throws SQLException {
        try {
            Sql.number(connection, LOOK);
            return connection;
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private static LiveDatabase connectUnlocked(DatabasePath database, SqliteConnector connector) {
        try {
            UnlockedRead unlocked = UnlockedRead.begin(database);
            return new LiveDatabase(database, connector, connector.openImmutable(database.file()), unlocked);
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireExists(DatabasePath database) {
        if (!Files.exists(database.file())) {
            throw new DatabaseNotFoundException("there is no database at " + database);
        }
        try {
            if (database.isMissingOrEmpty()) {
                throw new DatabaseDamagedException(database + " is empty (0 bytes), so no snapshot can be taken");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets what is done as soon as the transaction has begun. */
    public void whenBegun(Consumer<LiveDatabase> action) {
        begun = action;
    }

    /** Begins the transaction with a read, which fixes the state; a bare BEGIN holds nothing. */
    public void begin() {
        read(reader -> {
            Sql.execute(reader, "BEGIN");
            return Sql.number(reader, LOOK);
        });
        if (query("PRAGMA main.page_count") == 0) {
            throw new DatabaseDamagedException(
                    database + " is damaged, encrypted or not a SQLite database: it has no pages");
        }
        begun.accept(this);
    }

    /** Returns the page size and the page count of the held state. */
    public ImageGeometry geometry() {
        return new ImageGeometry(Math.toIntExact(query("PRAGMA main.page_size")), query("PRAGMA main.page_count"));
    }

    /** Returns the journal mode, in lower case. */
    public String journalMode() {
        if (unlocked != null) {
            return "wal"; // Only WAL databases are read without locks, and SQLite does not report the mode here.
        }
        return read(reader -> Sql.text(reader, "PRAGMA main.journal_mode"));
    }

    /**
     * Copies the held state, page by page, into a new file, without syncing it. A copy cannot be stopped before its
     * end, because SQLite's driver has no way to do so.
     *
     * @see <a href="https://www.sqlite.org/backup.html">SQLite's online backup API</a>
     */
    public void copyTo(Path target, CopyProgress progress) {
        copyTo(target, BYTES_PER_STEP, progress);
    }

    /** Copies like {@link #copyTo}, in small steps. The listener may block after each step to slow down the copy. */
    public void copySlowlyTo(Path target, CopyProgress progress) {
        copyTo(target, BYTES_PER_SMALL_STEP, progress);
    }

    private void copyTo(Path target, int bytesPerStep, CopyProgress progress) {
        int pageSize = geometry().pageSize();
        DB.ProgressObserver observer =
                (remaining, pages) -> progress.copied((long) (pages - remaining) * pageSize, (long) pages * pageSize);
        try (PrivateTarget opened = PrivateTarget.create(target, connector)) {
            DB driver = connection.unwrap(SQLiteConnection.class).getDatabase();
            int code = driver.backup("main", opened.uri(), observer, 100, 50, bytesPerStep / pageSize);
            if (code != 0) {
                throw SqliteFailures.translate(SqliteFailures.isFull(code) ? target : database.file(), code);
            }
            if (unlocked != null) {
                unlocked.requireUnchanged();
            }
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long query(String sql) {
        return read(reader -> Sql.number(reader, sql));
    }

    /** Runs a query on the held state. */
    public <T> T read(Query<T> query) {
        try {
            return query.run(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }

    /** Ends the transaction and closes the connection. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }

    /** A query on a connection. */
    @FunctionalInterface
    public interface Query<T> {

        /** Runs the query. Must leave the transaction and the connection as they are. */
        T run(Connection connection) throws SQLException;
    }
}

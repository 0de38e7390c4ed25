package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Exclusive use of a database while its file is replaced, as far as SQLite can ensure it. Leaving WAL mode succeeds
 * only for the sole connection to a database; an exclusive transaction then keeps new connections out. In rollback
 * mode, idle connections cannot be detected. Not thread-safe.
 *
 * <p>The journal stays in TRUNCATE mode: closing in DELETE mode would delete a journal of the new file by its name.
 */
final class ExclusiveHold implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExclusiveHold.class);
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final DatabasePath database;
    private final Connection connection;
    private final String journalMode;
    private final Duration timeout;
    private boolean taken;

    private ExclusiveHold(DatabasePath database, Connection connection, String journalMode, Duration timeout) {
        this.database = database;
        this.connection = connection;
        this.journalMode = journalMode;
        this.timeout = timeout;
    }

    /** Opens the database without locking it. Fails if the database is damaged. */
    static ExclusiveHold open(DatabasePath database, SqliteConnector connector) throws SQLException {
        Connection connection = connector.open(database.file());
        try {
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            String journalMode = Sql.text(connection, "PRAGMA main.journal_mode");
            Duration busyTimeout = connector.busyTimeout();
            Duration timeout = busyTimeout.compareTo(MAX_TIMEOUT) < 0 ? busyTimeout : MAX_TIMEOUT;
            return new ExclusiveHold(database, connection, journalMode, timeout);
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** Returns the journal mode that the database had when it was opened, in lower case. */
    String journalMode() {
        return journalMode;
    }

    /** Takes the exclusive hold. Waits for other connections as long as the busy timeout, but at most five seconds. */
    void take() throws SQLException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            try {
                attempt();
                return;
            } catch (SQLException e) {
                giveBack();
                if (!isBusy(e) || System.nanoTime() - start > timeout.toNanos()) {
                    throw e;
                }
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private void attempt() throws SQLException {
        Sql.execute(connection, "PRAGMA main.locking_mode = EXCLUSIVE");
        Sql.execute(connection, "PRAGMA main.journal_mode = DELETE");
        Sql.execute(connection, "PRAGMA main.journal_mode = TRUNCATE");
        Sql.execute(connection, "BEGIN EXCLUSIVE");
        taken = true;
    }

    /** Releases the hold and sets the journal mode back. Used if the file was not replaced. */
    void giveBack() {
        try {
            if (taken) {
                taken = false;
                Sql.execute(connection, "ROLLBACK");
            }
            Sql.execute(connection, "PRAGMA main.locking_mode = NORMAL");
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            if (!Sql.text(connection, "PRAGMA main.journal_mode").equals(journalMode)) {
                Sql.execute(connection, "PRAGMA main.journal_mode = " + journalMode);
            }
        } catch (SQLException e) {
            LOG.warn("Could not set the journal mode of {} back to {}", database, journalMode, e);
        }
    }

    private static boolean isBusy(SQLException e) {
        return e instanceof SQLiteException sqlite
                && (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The proof that nobody uses a database, as far as SQLite allows it, held while the file is replaced. Leaving WAL mode
 * succeeds only for the sole connection to a database; the exclusive transaction keeps out whoever comes then. In
 * rollback mode idle connections cannot be seen. Not thread-safe.
 *
 * <p>The journal is kept in TRUNCATE mode, since closing in DELETE mode would remove a journal of the new file by its
 * name.
 */
final class ExclusiveHold implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExclusiveHold.class);
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final DatabasePath database;
    private final Connection connection;
    private final String journalMode;
    private final Duration patience;
    private boolean taken;

    private ExclusiveHold(DatabasePath database, Connection connection, String journalMode, Duration patience) {
        this.database = database;
        this.connection = connection;
        this.journalMode = journalMode;
        this.patience = patience;
    }

    /** Opens the database without claiming anything yet; fails where it is damaged. */
    static ExclusiveHold open(DatabasePath database, SqliteConnector connector) throws SQLException {
        Connection connection = connector.open(database.file());
        try {
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            String journalMode = Sql.text(connection, "PRAGMA main.journal_mode");
            Duration timeout = connector.busyTimeout();
            Duration patience = timeout.compareTo(MOST_PATIENCE) < 0 ? timeout : MOST_PATIENCE;
            return new ExclusiveHold(database, connection, journalMode, patience);
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** Journal mode the database had when it was opened, in lower case. */
    String journalMode() {
        return journalMode;
    }

    /** Takes the database; waits for others to leave, as long as for any lock, but five seconds at most. */
    void take() throws SQLException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            try {
                attempt();
                return;
            } catch (SQLException e) {
                giveBack();
                if (!isBusy(e) || System.nanoTime() - start > patience.toNanos()) {
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

    /** Leaves the database as it was found; used where the file was not replaced. */
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
            LOG.warn("The journal mode of {} could not be set back to {}", database, journalMode, e);
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

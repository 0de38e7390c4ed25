package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.PositionsCodec;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The server times of the messages that a database contains: the latest one, and those of rows that older messages
 * wrote. A message that is not later than the one that wrote a row has no say over it. Not thread-safe.
 */
public final class AppliedTimes {

    /** The time of a message whose time is not known: earlier than all others. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private static final int SQLITE_ERROR = 1; // A table is missing.

    private static final String TABLE = "main." + ReservedNames.TIMES;
    private static final String CREATE = "CREATE TABLE IF NOT EXISTS " + TABLE + " (table_name TEXT NOT NULL,"
            + " key TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (table_name, key)) WITHOUT ROWID";
    private static final String LOCK = "UPDATE " + TABLE + " SET time = time WHERE table_name = '' RETURNING time,"
            + " EXISTS (SELECT 1 FROM " + TABLE + " WHERE table_name > ''), EXISTS (" + Quarantine.ANY + ")";
    private static final String PUT = "INSERT OR REPLACE INTO " + TABLE + " VALUES (?, ?, ?)";

    private final @Nullable Long saved;
    private final boolean hasQuarantined;
    private boolean hasRows;
    private long latest;

    private AppliedTimes(@Nullable Long saved, boolean hasRows, boolean hasQuarantined) {
        this.saved = saved;
        this.hasRows = hasRows;
        this.hasQuarantined = hasQuarantined;
        this.latest = saved == null ? UNKNOWN : saved;
    }

    /**
     * Takes the write lock, creates missing tables and reads the times. It must be the first statement: after a read
     * SQLite could fail at once, whatever the busy timeout is.
     */
    public static AppliedTimes lock(Connection connection) throws SQLException {
        try {
            return read(connection);
        } catch (SQLException e) {
            if (e.getErrorCode() != SQLITE_ERROR) {
                throw e;
            }
            Sql.execute(connection, CREATE);
            Sql.execute(connection, Quarantine.CREATE);
            return read(connection);
        }
    }

    private static AppliedTimes read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOCK)) {
            return row.next()
                    ? new AppliedTimes(row.getLong(1), row.getBoolean(2), row.getBoolean(3))
                    : new AppliedTimes(null, false, false);
        }
    }

    /** Sets the time of a database that has none: its rows may be as new as the present and its snapshot. */
    void begin(Statements statements, ReplicatedSchema schema, InstantSource clock) throws SQLException {
        if (saved == null && !isEmpty(statements, schema)) {
            latest = latest(statements.connection(), clock.instant());
        }
    }

    boolean hasQuarantined() {
        return hasQuarantined;
    }

    private static long latest(Connection connection, Instant now) throws SQLException {
        Instant snapshot = OriginTable.read(connection)
                .map(origin -> SnapshotId.parse(origin.snapshotId()).time())
                .orElse(now);
        return PositionsCodec.nanos(snapshot.isAfter(now) ? snapshot : now);
    }

    private static boolean isEmpty(Statements statements, ReplicatedSchema schema) throws SQLException {
        for (String table : schema.tables().keySet()) {
            Long rows = statements.number("SELECT EXISTS (SELECT 1 FROM main." + Sql.quote(table) + ")");
            if (rows != null && rows > 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns a message's time as a number to compare. */
    static long of(@Nullable Instant time) {
        return time == null ? UNKNOWN : PositionsCodec.nanos(time);
    }

    /** Returns whether a message is later than the one that wrote a row. */
    boolean isLater(Statements statements, long time, RowTable table, String key) throws SQLException {
        if (time > latest) {
            return true;
        }
        Long written = hasRows
                ? statements.number(
                        "SELECT time FROM " + TABLE + " WHERE table_name = ? AND key = ?", table.name(), key)
                : null;
        return written != null && time > written;
    }

    /** Records that a message has written a row, unless it is later than all others. */
    void wrote(Statements statements, long time, RowTable table, String key) throws SQLException {
        if (time <= latest && time != UNKNOWN) {
            statements.update(PUT, table.name(), key, time);
            hasRows = true;
        }
    }

    /** Records that a message was applied. */
    void applied(Statements statements, long time) throws SQLException {
        if (time > latest) {
            latest = time;
            if (hasRows) {
                statements.update("DELETE FROM " + TABLE + " WHERE table_name > ''");
                hasRows = false;
            }
        }
    }

    /** Writes the latest time. */
    void save(Statements statements) throws SQLException {
        if (saved == null || saved != latest) {
            statements.update(PUT, "", "", latest);
        }
    }
}

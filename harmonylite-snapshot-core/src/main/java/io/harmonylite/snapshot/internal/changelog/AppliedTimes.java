package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.PositionsCodec;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The server times of the messages that a database contains: the latest one, and those of the rows that messages have
 * written which were older than that. A message that is not later than the one that wrote a row has no say over that
 * row. The table belongs to the data, so snapshots of this library contain it. One transaction's view; not thread-safe.
 */
public final class AppliedTimes {

    /** The time of a message whose time is not known: earlier than all others. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private static final int SQLITE_ERROR = 1; // A table is missing.

    private static final String TABLE = "main." + ReservedNames.TIMES;
    private static final String CREATE = "CREATE TABLE IF NOT EXISTS " + TABLE + " (table_name TEXT NOT NULL,"
            + " key TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (table_name, key)) WITHOUT ROWID";
    private static final String LOCK = "DELETE FROM " + TABLE + " WHERE 0";
    private static final String PUT = "INSERT OR REPLACE INTO " + TABLE + " VALUES (?, ?, ?)";

    private final Statements statements;
    private final @Nullable Long saved;
    private long latest;
    private boolean hasRows;

    private AppliedTimes(Statements statements, @Nullable Long saved, long latest, boolean hasRows) {
        this.statements = statements;
        this.saved = saved;
        this.latest = latest;
        this.hasRows = hasRows;
    }

    /**
     * Takes the write lock, and creates the tables if they are missing. It is the first statement of a transaction: if
     * the transaction had read before, SQLite could fail at once, whatever the busy timeout is.
     */
    public static void lock(Connection connection) throws SQLException {
        try {
            Sql.execute(connection, LOCK);
        } catch (SQLException e) {
            if (e.getErrorCode() != SQLITE_ERROR) {
                throw e;
            }
            create(connection);
            Sql.execute(connection, LOCK);
        }
    }

    private static void create(Connection connection) throws SQLException {
        Sql.execute(connection, CREATE);
        Sql.execute(connection, Quarantine.CREATE);
    }

    /**
     * Reads the times. Rows of a database that has none may be as new as the present, and as new as the snapshot that it
     * was restored from.
     */
    static AppliedTimes read(Statements statements, ReplicatedSchema schema, InstantSource clock) throws SQLException {
        Long saved = statements.number("SELECT time FROM " + TABLE + " WHERE table_name = ''");
        if (saved == null) {
            long first = isEmpty(statements, schema) ? UNKNOWN : latest(statements.connection(), clock.instant());
            return new AppliedTimes(statements, null, first, false);
        }
        Long rows = statements.number("SELECT EXISTS (SELECT 1 FROM " + TABLE + " WHERE table_name > '')");
        return new AppliedTimes(statements, saved, saved, rows != null && rows > 0);
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
    boolean isLater(long time, RowTable table, String key) throws SQLException {
        if (time > latest) {
            return true;
        }
        Long written = hasRows
                ? statements.number("SELECT time FROM " + TABLE + " WHERE table_name = ? AND key = ?", table.name(), key)
                : null;
        return written != null && time > written;
    }

    /** Records that a message has written a row, unless it is later than all others. */
    void wrote(long time, RowTable table, String key) throws SQLException {
        if (time <= latest && time != UNKNOWN) {
            statements.update(PUT, table.name(), key, time);
            hasRows = true;
        }
    }

    /** Records that a message was applied. */
    void applied(long time) throws SQLException {
        if (time > latest) {
            latest = time;
            if (hasRows) {
                statements.update("DELETE FROM " + TABLE + " WHERE table_name > ''");
                hasRows = false;
            }
        }
    }

    /** Writes the latest time. */
    void save() throws SQLException {
        if (saved == null || saved != latest) {
            statements.update(PUT, "", "", latest);
        }
    }
}

package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.internal.format.AheadRange;
import io.harmonylite.snapshot.internal.format.PositionsCodec;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Positions and ahead ranges in two tables of a database, through one connection. Times are nanoseconds since 1970. The
 * first count creates the tables. As thread-safe as the connection.
 *
 * <p>The first statement of a count writes. So SQLite waits for the write lock, as long as the connection's busy
 * timeout allows. A transaction that has read before fails instead.
 */
public final class PositionTables {

    private static final String POSITIONS = "main." + ReservedNames.POSITIONS;
    private static final String AHEAD = "main." + ReservedNames.AHEAD;
    static final String NAMES = ReservedNames.POSITIONS + " and " + ReservedNames.AHEAD;

    private static final int SQLITE_ERROR = 1;

    private static final List<String> CREATE = List.of(
            "CREATE TABLE IF NOT EXISTS " + POSITIONS + " (stream TEXT NOT NULL PRIMARY KEY, sequence INTEGER"
                    + " NOT NULL, time INTEGER, created INTEGER) WITHOUT ROWID",
            "CREATE TABLE IF NOT EXISTS " + AHEAD + " (stream TEXT NOT NULL, first INTEGER NOT NULL,"
                    + " last INTEGER NOT NULL, time INTEGER, PRIMARY KEY (stream, first)) WITHOUT ROWID");

    /** Counts the next message of a stream without ahead ranges; changes no row in every other case. */
    private static final String NEXT = "UPDATE " + POSITIONS + " SET sequence = ?1, time = ?2,"
            + " created = coalesce(created, ?3) WHERE stream = ?4 AND sequence = ?1 - 1"
            + " AND (created IS NULL OR ?3 IS NULL OR created = ?3)"
            + " AND NOT EXISTS (SELECT 1 FROM " + AHEAD + " WHERE stream = ?4)";

    private static final String PUT = "INSERT INTO " + POSITIONS
            + " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (stream) DO UPDATE" + " SET sequence = ?2, time = ?3, created = ?4";

    private final Connection connection;

    /** Creates a view of the tables through a connection. */
    public PositionTables(Connection connection) {
        this.connection = connection;
    }

    /** Counts a message that was applied; returns false if it was counted before. */
    public boolean applied(String stream, StreamPosition at) throws SQLException {
        Counting.checkMessage(stream, at);
        requireTransaction();
        return next(stream, at) || count(stream, now -> Counting.applied(stream, now, at));
    }

    /** Counts a message that was published; returns false if it was counted before. */
    public boolean published(String stream, StreamPosition at) throws SQLException {
        Counting.checkMessage(stream, at);
        requireTransaction();
        return next(stream, at) || count(stream, now -> Counting.published(stream, now, at));
    }

    /** Counts sequences that hold no message; returns false if all were counted before. */
    public boolean skipped(String stream, SequenceRange sequences) throws SQLException {
        AheadRange range = Counting.checkRange(stream, sequences);
        requireTransaction();
        claimWriteLock();
        return count(stream, now -> Counting.skipped(stream, now, range));
    }

    /** Takes the write lock and reads the progress of some streams. */
    public Map<String, StreamProgress> lockAndRead(Set<String> streams) throws SQLException {
        requireTransaction();
        claimWriteLock();
        Map<String, StreamProgress> found = new HashMap<>();
        for (String stream : streams) {
            found.put(stream, read(stream));
        }
        return found;
    }

    /** Writes the progress of a stream, if it has changed. */
    public void write(String stream, StreamProgress before, StreamProgress after) throws SQLException {
        if (!after.equals(before)) {
            write(stream, after);
            writeAhead(stream, before.ahead(), after.ahead());
        }
    }

    /** Sets the positions of some streams. */
    void put(Positions positions) throws SQLException {
        claimWriteLock();
        for (Map.Entry<String, StreamPosition> entry : positions.byStream().entrySet()) {
            count(entry.getKey(), now -> Counting.put(now, entry.getValue()));
        }
    }

    /** Replaces all positions and drops all ahead ranges. */
    void replace(Positions positions) throws SQLException {
        createTables();
        execute("DELETE FROM " + POSITIONS);
        execute("DELETE FROM " + AHEAD);
        put(positions);
    }

    /** Drops the tables, if they exist. */
    public void drop() throws SQLException {
        execute("DROP TABLE IF EXISTS " + AHEAD);
        execute("DROP TABLE IF EXISTS " + POSITIONS);
    }

    /** Reads the tables; returns no positions if they are missing. */
    public SequenceMapData read() throws SQLException {
        if (!exist()) {
            return SequenceMapData.NEW;
        }
        requireColumns(ReservedNames.POSITIONS, List.of("stream", "sequence", "time", "created"));
        requireColumns(ReservedNames.AHEAD, List.of("stream", "first", "last", "time"));
        TreeMap<String, StreamProgress> streams = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT stream FROM " + POSITIONS)) {
            while (rows.next()) {
                streams.put(rows.getString(1), StreamProgress.UNKNOWN);
            }
        }
        for (Map.Entry<String, StreamProgress> entry : streams.entrySet()) {
            entry.setValue(read(entry.getKey()));
        }
        return new SequenceMapData(streams, null, null, History.OWN);
    }

    /** Returns whether the database has the tables. */
    public boolean exist() throws SQLException {
        return ReservedNames.isTable(connection, ReservedNames.POSITIONS);
    }

    /** Rejects a table of the host that has a reserved name: it would be misread, or fail without a clear message. */
    private void requireColumns(String name, List<String> columns) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name FROM pragma_table_info('" + name + "', 'main')")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        if (!found.equals(columns)) {
            throw new CorruptSequenceMapException(
                    "the table " + name + " does not belong to a sequence map: it has the" + " columns " + found
                            + " instead of " + columns + ". The name is reserved; rename or drop the table");
        }
    }

    private boolean next(String stream, StreamPosition at) throws SQLException {
        try {
            return updateNext(stream, at);
        } catch (SQLException e) {
            createTablesAfter(e);
            return false;
        }
    }

    private boolean updateNext(String stream, StreamPosition at) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(NEXT)) {
            update.setLong(1, at.sequence());
            setInstant(update, 2, at.timestamp());
            setInstant(update, 3, at.streamCreated());
            update.setString(4, stream);
            return update.executeUpdate() == 1;
        }
    }

    /** Creates the tables if they are missing. Does not read before it writes, as the lock requires. */
    private void createTablesAfter(SQLException failure) throws SQLException {
        if (failure.getErrorCode() != SQLITE_ERROR) {
            throw failure;
        }
        createTables();
    }

    private void claimWriteLock() throws SQLException {
        try {
            execute("DELETE FROM " + POSITIONS + " WHERE 0");
        } catch (SQLException e) {
            createTablesAfter(e);
        }
    }

    private void createTables() throws SQLException {
        for (String table : CREATE) {
            execute(table);
        }
    }

    private boolean count(String stream, UnaryOperator<StreamProgress> rule) throws SQLException {
        StreamProgress before = read(stream);
        StreamProgress after = rule.apply(before);
        write(stream, before, after);
        return !after.equals(before);
    }

    private StreamProgress read(String stream) throws SQLException {
        String query = "SELECT sequence, time, created FROM " + POSITIONS + " WHERE stream = ?";
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setString(1, stream);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? progress(stream, row) : StreamProgress.UNKNOWN;
            }
        }
    }

    private StreamProgress progress(String stream, ResultSet row) throws SQLException {
        try {
            return new StreamProgress(row.getLong(1), instant(row, 2), instant(row, 3), readAhead(stream));
        } catch (IllegalArgumentException e) {
            throw new SQLException(
                    "the rows of stream " + stream + " in " + POSITIONS + " and " + AHEAD
                            + " were not written by this library: " + e.getMessage(),
                    e);
        }
    }

    private List<AheadRange> readAhead(String stream) throws SQLException {
        String query = "SELECT first, last, time FROM " + AHEAD + " WHERE stream = ? ORDER BY first";
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setString(1, stream);
            try (ResultSet rows = select.executeQuery()) {
                List<AheadRange> ahead = new ArrayList<>();
                while (rows.next()) {
                    ahead.add(new AheadRange(rows.getLong(1), rows.getLong(2), instant(rows, 3)));
                }
                return ahead;
            }
        }
    }

    private void write(String stream, StreamProgress progress) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            put.setString(1, stream);
            put.setLong(2, progress.sequence());
            setInstant(put, 3, progress.timestamp());
            setInstant(put, 4, progress.created());
            put.executeUpdate();
        }
    }

    /** Writes only the ranges that changed: a stream may have many. */
    private void writeAhead(String stream, List<AheadRange> before, List<AheadRange> after) throws SQLException {
        List<AheadRange> gone = new ArrayList<>(before);
        gone.removeAll(after);
        List<AheadRange> added = new ArrayList<>(after);
        added.removeAll(before);
        for (AheadRange range : gone) {
            delete(stream, range);
        }
        for (AheadRange range : added) {
            insert(stream, range);
        }
    }

    private void delete(String stream, AheadRange range) throws SQLException {
        String sql = "DELETE FROM " + AHEAD + " WHERE stream = ? AND first = ?";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, stream);
            delete.setLong(2, range.first());
            delete.executeUpdate();
        }
    }

    private void insert(String stream, AheadRange range) throws SQLException {
        String sql = "INSERT INTO " + AHEAD + " VALUES (?, ?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, stream);
            insert.setLong(2, range.first());
            insert.setLong(3, range.last());
            setInstant(insert, 4, range.timestamp());
            insert.executeUpdate();
        }
    }

    private static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
            throws SQLException {
        if (instant == null) {
            statement.setNull(index, Types.INTEGER);
        } else {
            statement.setLong(index, PositionsCodec.nanos(instant));
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        long nanos = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochSecond(0, nanos);
    }

    /** Throws if no transaction is open. With auto-commit on, one may have been begun by SQL: then BEGIN fails. */
    private void requireTransaction() throws SQLException {
        if (connection.getAutoCommit() && !isBegun()) {
            throw new IllegalStateException("no transaction is open on the connection: count in the transaction that"
                    + " applies the message, so that both commit together. Switch auto-commit off");
        }
    }

    private boolean isBegun() throws SQLException {
        try {
            execute("BEGIN");
        } catch (SQLException e) {
            if (e.getErrorCode() == SQLITE_ERROR) {
                return true;
            }
            throw e;
        }
        execute("ROLLBACK");
        return false;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

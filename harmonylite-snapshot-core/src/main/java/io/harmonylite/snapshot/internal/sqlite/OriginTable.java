package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.PositionsCodec;
import io.harmonylite.snapshot.internal.format.RangesCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table {@code __harmonylite__snapshot_origin}. Its one row records the snapshot, the restore and the positions of
 * the data. Every restore writes it into the staged file, so that one rename installs both. No snapshot contains it.
 */
public record OriginTable(
        String restoreId,
        Instant instant,
        SnapshotId snapshot,
        Positions positions,
        SortedMap<String, SequenceRange> possiblyMissing) {

    /** Name of the table. */
    public static final String NAME = ReservedNames.ORIGIN;

    /** Creates the table and writes its row. */
    public void write(Connection staged) throws SQLException {
        Sql.execute(
                staged,
                "CREATE TABLE main." + NAME + " (restore_id TEXT NOT NULL, snapshot_id TEXT NOT NULL,"
                        + " restored_at TEXT NOT NULL, positions BLOB NOT NULL, possibly_missing BLOB NOT NULL)");
        String insert = "INSERT INTO main." + NAME + " VALUES (?, ?, ?, ?, ?)";
        try (PreparedStatement row = staged.prepareStatement(insert)) {
            row.setString(1, restoreId);
            row.setString(2, snapshot.toString());
            row.setString(3, instant.toString());
            row.setBytes(4, PositionsCodec.encode(positions));
            row.setBytes(5, RangesCodec.encode(possiblyMissing));
            row.executeUpdate();
        }
    }

    /** Reads the row; empty if the table or the row is missing. */
    public static Optional<Origin> read(Connection database) throws SQLException {
        if (!ReservedNames.isTable(database, NAME)) {
            return Optional.empty();
        }
        String query = "SELECT restore_id, snapshot_id, positions, possibly_missing FROM main." + NAME;
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                return Optional.empty();
            }
            Positions positions = PositionsCodec.decode(row.getBytes(3));
            return Optional.of(
                    new Origin(row.getString(1), row.getString(2), positions, RangesCodec.decode(row.getBytes(4))));
        } catch (MalformedException e) {
            throw new SQLException("table " + NAME + " holds a row that cannot be decoded: " + e.getMessage(), e);
        }
    }

    /** Removes the range of a stream from those that the data may lack; durable on return. False if there is none. */
    public static boolean acceptMissing(DatabasePath database, SqliteConnector connector, String stream) {
        try (Connection connection = connector.open(database.file())) {
            Sql.execute(connection, "PRAGMA main.synchronous = EXTRA");
            Sql.execute(connection, "BEGIN IMMEDIATE");
            Optional<Origin> origin = read(connection);
            SortedMap<String, SequenceRange> ranges =
                    new TreeMap<>(origin.map(Origin::possiblyMissing).orElseGet(TreeMap::new));
            if (ranges.remove(stream) == null) {
                return false;
            }
            try (PreparedStatement row =
                    connection.prepareStatement("UPDATE main." + NAME + " SET possibly_missing = ?")) {
                row.setBytes(1, RangesCodec.encode(ranges));
                row.executeUpdate();
            }
            Sql.execute(connection, "COMMIT");
            return true;
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }
}

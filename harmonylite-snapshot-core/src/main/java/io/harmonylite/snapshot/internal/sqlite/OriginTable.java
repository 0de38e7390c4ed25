package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.PositionsCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;

/**
 * The table {@code harmonylite_snapshot_origin}: one row that says which snapshot a database was restored from, by which
 * restore, and which positions its data came with. Written into the staged file, so that data and origin are installed
 * by the same rename. Its name is reserved: it is part of no snapshot.
 *
 * @param restoreId random id of the restore
 * @param instant when it was staged
 * @param snapshot the snapshot
 * @param positions what its data stands for
 */
public record OriginTable(String restoreId, Instant instant, SnapshotId snapshot, Positions positions) {

    /** Name of the table. */
    public static final String NAME = ReservedNames.OURS + "origin";

    /** Writes the row. */
    public void write(Connection staged) throws SQLException {
        Sql.execute(
                staged,
                "CREATE TABLE main." + NAME + " (restore_id TEXT NOT NULL, snapshot_id TEXT NOT NULL,"
                        + " restored_at TEXT NOT NULL, positions BLOB NOT NULL)");
        String insert = "INSERT INTO main." + NAME + " VALUES (?, ?, ?, ?)";
        try (PreparedStatement row = staged.prepareStatement(insert)) {
            row.setString(1, restoreId);
            row.setString(2, snapshot.toString());
            row.setString(3, instant.toString());
            row.setBytes(4, PositionsCodec.encode(positions));
            row.executeUpdate();
        }
    }

    /** Reads the row; empty where there is none that can be read. */
    static Optional<Origin> read(Connection database) throws SQLException {
        if (Sql.number(database, "SELECT count(*) FROM main.sqlite_schema WHERE name = '" + NAME + "'") == 0) {
            return Optional.empty();
        }
        String query = "SELECT restore_id, snapshot_id, positions FROM main." + NAME;
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                return Optional.empty();
            }
            Positions positions = PositionsCodec.decode(row.getBytes(3));
            return Optional.of(new Origin(row.getString(1), row.getString(2), positions));
        } catch (MalformedException e) {
            throw new SQLException("table " + NAME + " was written by somebody else: " + e.getMessage(), e);
        }
    }
}

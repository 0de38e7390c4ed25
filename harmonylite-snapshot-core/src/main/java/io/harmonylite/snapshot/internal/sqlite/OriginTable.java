package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.PositionsCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The table {@code harmonylite_snapshot_origin}: one row that says which snapshot a database was restored from, by which
 * restore, and which positions its data came with. Written into the staged file, so that data and origin are installed
 * by the same rename. Its name is reserved: it is part of no snapshot.
 *
 * @param restoreId random id of the restore
 * @param instant when it was staged
 * @param head the snapshot
 */
public record OriginTable(String restoreId, Instant instant, ManifestHead head) {

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
            row.setString(2, head.id().toString());
            row.setString(3, instant.toString());
            row.setBytes(4, PositionsCodec.encode(head.positions()));
            row.executeUpdate();
        }
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.OnlineRestoreUnsupportedException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * State of a database that is to be replaced. Reading it changes nothing. If the database is missing, empty or damaged,
 * texts are empty and numbers 0. Immutable.
 */
public record TargetProbe(
        DatabasePath target,
        String journalMode,
        int pageSize,
        long pageCount,
        String encoding,
        @Nullable DatabaseDamagedException damage) {

    private static final String WAL = "wal";
    private static final int WAL_HEADER = 32;
    private static final int WAL_FRAME_HEADER = 24;

    /** Reads the state of a database. */
    public static TargetProbe of(DatabasePath target, SqliteConnector connector) throws IOException {
        if (target.isMissingOrEmpty()) {
            return new TargetProbe(target, "", 0, 0, "", null);
        }
        try (Connection connection = connector.openToLook(target)) {
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            return new TargetProbe(
                    target,
                    Sql.text(connection, "PRAGMA main.journal_mode"),
                    (int) Sql.number(connection, "PRAGMA main.page_size"),
                    Sql.number(connection, "PRAGMA main.page_count"),
                    Sql.text(connection, "PRAGMA encoding"),
                    null);
        } catch (SQLException e) {
            if (SqliteFailures.translate(target.file(), e) instanceof DatabaseDamagedException damage) {
                return new TargetProbe(target, "", 0, 0, "", damage);
            }
            throw SqliteFailures.translate(target.file(), e);
        }
    }

    /** Returns whether there is a database that SQLite can read. */
    public boolean isReadable() {
        return pageSize > 0;
    }

    /** Returns the journal mode of the new file: that of the replaced database if it can be read, else the image's. */
    public String journalModeAfter(ImageInfo image) {
        return isReadable() ? journalMode : image.journalMode();
    }

    /** Throws if the database is damaged. */
    public void requireSound() {
        if (damage != null) {
            throw new DatabaseDamagedException(
                    damage.getMessage()
                            + ". A restore by swap replaces it and keeps the damaged file, if the request allows it",
                    damage);
        }
    }

    /** Throws if the database is missing or damaged, or open connections could not read the image. */
    public void requireOnline(ImageInfo image) {
        requireSound();
        if (!isReadable()) {
            throw new DatabaseNotFoundException(
                    "there is no database at " + target + " to restore into online; restore by swap");
        }
        requireSame("page size", pageSize, image.pageSize());
        requireSame("text encoding", encoding, image.encoding());
    }

    private void requireSame(String what, Object own, Object ofImage) {
        if (!own.equals(ofImage)) {
            throw new OnlineRestoreUnsupportedException(
                    "the " + what + " of " + target + " is " + own + ", that of the image is " + ofImage
                            + ": open connections could not read it. Close them and restore by swap");
        }
    }

    /** Returns the bytes that an online restore writes to WAL or journal, and to the end of the database file. */
    public long bytesForOnline(ImageInfo image) {
        long before = pageCount * pageSize;
        long after = image.pageCount() * pageSize;
        long log = WAL_HEADER + image.pageCount() * (WAL_FRAME_HEADER + pageSize);
        return Math.max(0, after - before) + (journalMode.equals(WAL) ? log : before);
    }
}

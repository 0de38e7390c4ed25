package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.OnlineRestoreRefusedException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a look at the database that is to be replaced has found. Nothing of it was changed. Immutable.
 *
 * @param target the database
 * @param journalMode its journal mode, in lower case; empty where there is nothing in it, or it is damaged
 * @param pageSize page size, or 0 likewise
 * @param pageCount pages in it, or 0 likewise
 * @param encoding text encoding, empty likewise
 * @param damage why it cannot be read; null where it can
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

    /** Looks at a database. */
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

    /** Whether there is a database that SQLite can read. */
    public boolean isReadable() {
        return pageSize > 0;
    }

    /** Journal mode of the new file: that of the database it replaces, else that of the one the image was taken from. */
    public String journalModeAfter(ImageInfo image) {
        return isReadable() ? journalMode : image.journalMode();
    }

    /**
     * Refuses a damaged database.
     *
     * @throws DatabaseDamagedException where it is one
     */
    public void requireSound() {
        if (damage != null) {
            throw new DatabaseDamagedException(
                    damage.getMessage() + ". By swap it is replaced, and kept beside, where the restore is told to",
                    damage);
        }
    }

    /**
     * Refuses what cannot be installed online.
     *
     * @throws DatabaseNotFoundException where there is no database
     * @throws OnlineRestoreRefusedException where open connections could not read the image
     */
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
            throw new OnlineRestoreRefusedException(
                    "the " + what + " of " + target + " is " + own + ", that of the image " + ofImage
                            + ": connections that are open could not read it. Close them and restore by swap");
        }
    }

    /** Bytes that an online restore writes beside the staged file: into the log or the journal, and at the file's end. */
    public long bytesForOnline(ImageInfo image) {
        long before = pageCount * pageSize;
        long after = image.pageCount() * pageSize;
        long log = WAL_HEADER + image.pageCount() * (WAL_FRAME_HEADER + pageSize);
        return Math.max(0, after - before) + (journalMode.equals(WAL) ? log : before);
    }
}

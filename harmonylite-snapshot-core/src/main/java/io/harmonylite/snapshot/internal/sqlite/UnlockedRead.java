package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * A database in WAL mode in a directory that this process must not write: SQLite cannot lock it there, so it is read
 * without locks. That is sound where no {@code -wal} or {@code -journal} lies beside, which would hold what the file does
 * not, and nobody else writes meanwhile: the file is looked at again, by its attributes, when it was read. Immutable.
 */
final class UnlockedRead {

    private final DatabasePath database;
    private final long size;
    private final FileTime modified;

    private UnlockedRead(DatabasePath database) throws IOException {
        this.database = database;
        this.size = database.size();
        this.modified = Files.getLastModifiedTime(database.file());
    }

    /** Whether it is the only way. */
    static boolean isNeeded(DatabasePath database) {
        return !Files.isWritable(database.directory());
    }

    /**
     * Begins.
     *
     * @throws SnapshotConfigurationException where a {@code -wal} or {@code -journal} lies beside
     */
    static UnlockedRead begin(DatabasePath database) throws IOException {
        for (Path sidecar : List.of(database.wal(), database.journal())) {
            if (Files.exists(sidecar)) {
                throw new SnapshotConfigurationException(sidecar + " holds a part of " + database
                        + ", and cannot be used in a directory that this process must not write; allow it to, or close"
                        + " the database where it is in use");
            }
        }
        return new UnlockedRead(database);
    }

    /**
     * Ends.
     *
     * @throws DatabaseInUseException where somebody wrote meanwhile: what was read may be of two states
     */
    void requireUnchanged() throws IOException {
        if (Files.exists(database.wal())
                || database.size() != size
                || !Files.getLastModifiedTime(database.file()).equals(modified)) {
            throw new DatabaseInUseException(database + " was written while it was read without locks, in a directory"
                    + " that this process must not write; allow it to, or wait, and try again");
        }
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * A read without locks of a database in WAL mode, in a directory that this process cannot write, so that SQLite cannot
 * lock it. Such a read is sound only without a {@code -wal} or {@code -journal}, which would hold data that the file
 * lacks, and if no other process writes at the same time. The attributes of the file are therefore compared after the
 * read. Immutable.
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

    /** Returns whether the database can only be read without locks. */
    static boolean isNeeded(DatabasePath database) {
        return !Files.isWritable(database.directory());
    }

    /** Begins the read; rejects a database with a {@code -wal} or {@code -journal}. */
    static UnlockedRead begin(DatabasePath database) throws IOException {
        for (Path sidecar : List.of(database.wal(), database.journal())) {
            if (Files.exists(sidecar)) {
                throw new SnapshotConfigurationException(sidecar + " holds a part of " + database
                        + ", and SQLite cannot use it because this process cannot write the directory; grant write"
                        + " access, or close the database in the process that uses it");
            }
        }
        return new UnlockedRead(database);
    }

    /** Checks at the end of the read that the file has not changed: otherwise the read may mix two states. */
    void requireUnchanged() throws IOException {
        if (Files.exists(database.wal())
                || database.size() != size
                || !Files.getLastModifiedTime(database.file()).equals(modified)) {
            throw new DatabaseInUseException(database + " was written while it was read without locks, because this"
                    + " process cannot write the directory; grant write access, or wait and try again");
        }
    }
}

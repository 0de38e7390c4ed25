package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.LockFile;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The file {@code <database>.harmonylite-restore}, locked while a restore of the database runs, which excludes others.
 * {@link #note} writes to another file, never locked, what a later run needs to undo an interrupted swap; {@link #peek}
 * reads it. {@link #close} deletes both.
 */
public final class RestoreLock implements AutoCloseable {

    private static final String LOCK_SUFFIX = ".harmonylite-restore";
    private static final String NOTE_SUFFIX = ".harmonylite-restore-note";

    private final FileOperations files;
    private final DatabasePath database;
    private final LockFile lock;
    private boolean noted;
    private boolean noteLeft;

    private RestoreLock(FileOperations files, DatabasePath database, LockFile lock) {
        this.files = files;
        this.database = database;
        this.lock = lock;
    }

    /** Takes the lock, after undoing an interrupted restore. Fails if another restore of the database is running. */
    public static RestoreLock acquire(FileOperations files, DatabasePath database, SqliteConnector connector)
            throws IOException {
        return acquire(files, database, connector, restoreId -> {});
    }

    /** Takes the lock; {@code dead} receives the id of an interrupted restore, whose note stays if it throws. */
    public static RestoreLock acquire(
            FileOperations files, DatabasePath database, SqliteConnector connector, Consumer<String> dead)
            throws IOException {
        LockFile lock = LockFile.tryAcquire(files, database.sibling(LOCK_SUFFIX));
        if (lock == null) {
            throw new SnapshotInProgressException(
                    "a restore of " + database + " is already running; wait until it ends");
        }
        try {
            undoInterrupted(files, database, connector, dead);
            return new RestoreLock(files, database, lock);
        } catch (IOException | RuntimeException | Error e) {
            try (lock) {
                throw e;
            }
        }
    }

    /** Undoes an interrupted restore, if there is one; {@code dead} receives its id. Fails if a restore is running. */
    public static void recover(
            FileOperations files, DatabasePath database, SqliteConnector connector, Consumer<String> dead)
            throws IOException {
        if (Files.exists(database.sibling(LOCK_SUFFIX)) || Files.exists(noteOf(database))) {
            acquire(files, database, connector, dead).close();
        }
    }

    /** Returns the id of the restore whose complete note exists, running or interrupted. Takes no lock. */
    public static Optional<String> peek(FileOperations files, DatabasePath database) throws IOException {
        try (FileChannel note = files.openForRead(noteOf(database))) {
            return InterruptedSwap.read(note).map(RestoreNote::restoreId);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Records what a later run needs to undo a swap; durable on return. Writes only the first note of a restore. */
    public void note(RestoreNote note) throws IOException {
        if (noted) {
            return;
        }
        noted = true;
        try (FileChannel channel = files.create(noteOf(database))) {
            files.write(channel, ByteBuffer.wrap(RestoreNoteCodec.encode(note)), 0);
            files.sync(channel);
        }
        files.syncDirectory(database.directory());
    }

    /** Returns the path of the note, which exists once it was written. */
    Path noteFile() {
        return noteOf(database);
    }

    /** Keeps the note for the next run: the image is installed, but the sequence map does not record it yet. */
    public void leaveNote() {
        noteLeft = true;
    }

    /** Deletes the note, unless it must stay, and releases the lock. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (noteLeft) {
                return;
            }
            files.delete(noteOf(database));
            files.delete(database.sibling(LOCK_SUFFIX));
            files.syncDirectory(database.directory());
        }
    }

    private static Path noteOf(DatabasePath database) {
        return database.sibling(NOTE_SUFFIX);
    }

    private static void undoInterrupted(
            FileOperations files, DatabasePath database, SqliteConnector connector, Consumer<String> dead)
            throws IOException {
        Path path = noteOf(database);
        if (!Files.exists(path)) {
            return;
        }
        try (FileChannel note = files.openForRead(path)) {
            InterruptedSwap.undo(files, note, database, connector).ifPresent(dead);
        }
        files.delete(path);
        files.syncDirectory(database.directory());
    }
}

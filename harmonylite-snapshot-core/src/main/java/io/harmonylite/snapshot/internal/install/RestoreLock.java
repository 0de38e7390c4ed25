package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code <database>.harmonylite-restore}, which exists and is locked while a restore of the database runs. It
 * excludes other restores, in this process and in other processes. {@link #note} writes into it what a later run needs
 * to undo a swap that a crash interrupted. {@link #close} deletes it.
 */
public final class RestoreLock implements AutoCloseable {

    /** Suffix of the file, after the database's name. */
    public static final String SUFFIX = ".harmonylite-restore";

    /**
     * Databases that this process restores. Static, because a process must not probe a lock file that it holds: closing
     * the probe would drop the lock (POSIX), even if another manager holds it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final FileOperations files;
    private final DatabasePath database;
    private final FileChannel channel;
    private boolean noted;
    private boolean noteLeft;

    private RestoreLock(FileOperations files, DatabasePath database, FileChannel channel) {
        this.files = files;
        this.database = database;
        this.channel = channel;
    }

    /**
     * Takes the lock, after undoing an interrupted restore.
     *
     * @throws SnapshotInProgressException if another restore of the database is running
     */
    public static RestoreLock acquire(FileOperations files, DatabasePath database, SqliteConnector connector)
            throws IOException {
        return acquire(files, database, connector, restoreId -> {});
    }

    /**
     * Takes the lock like {@link #acquire(FileOperations, DatabasePath, SqliteConnector)}.
     *
     * @param dead receives the id of an interrupted restore before its note is deleted; if it throws, the note stays
     */
    public static RestoreLock acquire(
            FileOperations files, DatabasePath database, SqliteConnector connector, Consumer<String> dead)
            throws IOException {
        claim(database);
        try {
            while (true) {
                recoverDead(files, database, connector, dead);
                FileChannel channel = tryCreate(files, noteOf(database));
                if (channel != null) {
                    return new RestoreLock(files, database, channel);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            HELD.remove(database.file());
            throw e;
        }
    }

    /**
     * Undoes an interrupted restore, if there is one.
     *
     * @throws SnapshotInProgressException if a restore of the database is running
     */
    public static void recover(FileOperations files, DatabasePath database, SqliteConnector connector)
            throws IOException {
        recover(files, database, connector, restoreId -> {});
    }

    /**
     * Undoes an interrupted restore like {@link #recover(FileOperations, DatabasePath, SqliteConnector)}.
     *
     * @param dead receives the id of the interrupted restore before its note is deleted; if it throws, the note stays
     */
    public static void recover(
            FileOperations files, DatabasePath database, SqliteConnector connector, Consumer<String> dead)
            throws IOException {
        if (Files.exists(noteOf(database))) {
            claim(database);
            try {
                recoverDead(files, database, connector, dead);
            } finally {
                HELD.remove(database.file());
            }
        }
    }

    /**
     * Returns the id of the restore whose note exists, running or interrupted; empty if there is no complete note.
     *
     * @throws SnapshotInProgressException if this process restores the database
     */
    public static Optional<String> peek(FileOperations files, DatabasePath database) throws IOException {
        claim(database); // Closing the file would drop this process's own lock on it.
        try (FileChannel channel = files.openForRead(noteOf(database))) {
            return InterruptedSwap.read(channel).map(RestoreNote::restoreId);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } finally {
            HELD.remove(database.file());
        }
    }

    /**
     * Records what a later run needs to undo a swap. Durable on return. Only the first note of a restore is written.
     */
    public void note(RestoreNote note) throws IOException {
        if (noted) {
            return;
        }
        noted = true;
        files.write(channel, ByteBuffer.wrap(RestoreNoteCodec.encode(note)), 0);
        files.sync(channel);
        files.syncDirectory(database.directory());
    }

    /** Keeps the note for the next run: the image is installed, but the sequence map does not record it yet. */
    public void leaveNote() {
        noteLeft = true;
    }

    /** Deletes the note, unless it must stay, and releases the lock. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (noteLeft) {
                return;
            }
            files.delete(noteOf(database));
            files.syncDirectory(database.directory());
        } finally {
            HELD.remove(database.file());
        }
    }

    private static void claim(DatabasePath database) {
        if (!HELD.add(database.file())) {
            throw inProgress(database);
        }
    }

    private static SnapshotInProgressException inProgress(DatabasePath database) {
        return new SnapshotInProgressException("a restore of " + database + " is already running; wait until it ends");
    }

    private static Path noteOf(DatabasePath database) {
        return database.sibling(SUFFIX);
    }

    /** Creates and locks the file; returns null if another restore was faster. */
    private static @Nullable FileChannel tryCreate(FileOperations files, Path note) throws IOException {
        FileChannel channel;
        try {
            channel = files.create(note);
        } catch (FileAlreadyExistsException e) {
            return null;
        }
        if (channel.tryLock() != null && Files.exists(note)) {
            return channel;
        }
        channel.close();
        return null;
    }

    private static void recoverDead(
            FileOperations files, DatabasePath database, SqliteConnector connector, Consumer<String> dead)
            throws IOException {
        Path path = noteOf(database);
        try (FileChannel channel = files.openForWrite(path)) {
            if (channel.tryLock() == null) {
                throw inProgress(database);
            }
            if (Files.exists(path)) {
                InterruptedSwap.undo(files, channel, database, connector).ifPresent(dead);
                files.delete(path);
                files.syncDirectory(database.directory());
            }
        } catch (NoSuchFileException e) {
            // Without a note there is nothing to undo.
        }
    }
}

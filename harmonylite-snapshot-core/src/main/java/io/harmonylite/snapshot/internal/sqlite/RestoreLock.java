package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
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
 * The file {@code <database>.harmonylite-restore}: there, and locked, while a restore of that database runs, so that two
 * restores exclude each other, in this process and across processes. What {@link #note} writes into it lets a later run
 * undo a swap that a crash cut off. Removed by {@link #close}.
 */
public final class RestoreLock implements AutoCloseable {

    /** What follows the database's name. */
    public static final String SUFFIX = ".harmonylite-restore";

    /**
     * Databases this process restores. Static, because a lock file must not be probed by the process that holds it:
     * closing the probe would drop the lock (POSIX), whichever manager it belongs to.
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
     * Takes the lock; undoes what a dead restore has left first.
     *
     * @throws SnapshotInProgressException where another restore of the database runs
     */
    public static RestoreLock acquire(FileOperations files, DatabasePath database, SqliteConnector connector)
            throws IOException {
        return acquire(files, database, connector, restoreId -> {});
    }

    /**
     * As {@link #acquire(FileOperations, DatabasePath, SqliteConnector)}.
     *
     * @param dead told the id of a dead restore before its note is removed; where it throws, the note stays
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
     * Undoes what a dead restore has left, if there is anything.
     *
     * @throws SnapshotInProgressException where a restore of the database runs
     */
    public static void recover(FileOperations files, DatabasePath database, SqliteConnector connector)
            throws IOException {
        recover(files, database, connector, restoreId -> {});
    }

    /**
     * As {@link #recover(FileOperations, DatabasePath, SqliteConnector)}.
     *
     * @param dead told the id of the dead restore before its note is removed; where it throws, the note stays
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
     * The id of the restore whose note lies there, running or dead; empty where there is none, or it is not complete.
     *
     * @throws SnapshotInProgressException where this process restores the database
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

    /** Writes down what a later run needs to undo a swap; durable on return. The first note of a restore counts. */
    public void note(RestoreNote note) throws IOException {
        if (noted) {
            return;
        }
        noted = true;
        files.write(channel, ByteBuffer.wrap(RestoreNoteCodec.encode(note)), 0);
        files.sync(channel);
        files.syncDirectory(database.directory());
    }

    /** The image is in its place, and the sequence map does not know it yet: the note stays for the next run. */
    public void leaveNote() {
        noteLeft = true;
    }

    /** Removes the note, unless it is to stay, and gives the lock back. */
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
        return new SnapshotInProgressException("a restore of " + database + " runs already; wait until it is done");
    }

    private static Path noteOf(DatabasePath database) {
        return database.sibling(SUFFIX);
    }

    /** Null where somebody else was faster. */
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
            // There is no note, so nothing was left behind.
        }
    }
}

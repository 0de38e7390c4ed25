package io.harmonylite.snapshot.internal.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file whose lock excludes all other holders, in this process and in others. The lock ends with the process. The file
 * is empty, and a holder may delete it.
 *
 * <p>POSIX drops a process's locks on a file when any descriptor of that file in the process is closed. Before the file
 * is opened, it is therefore claimed within the process: by a shared lock on its directory, at an offset that depends
 * on the file's name. The JDK records the locks of all class loaders in one table, by device and inode, and rejects a
 * second lock at the same offset. Other processes may hold the same shared lock, and closing the directory elsewhere
 * leaves the JDK's record. Thread-safe.
 */
public final class LockFile implements Closeable {

    private final FileChannel claim;
    private final FileLock claimed;
    private final FileChannel channel;
    private final FileChannel proof;

    private LockFile(FileChannel claim, FileLock claimed, FileChannel channel, FileChannel proof) {
        this.claim = claim;
        this.claimed = claimed;
        this.channel = channel;
        this.proof = proof;
    }

    /** Creates the file if it is missing, and locks it; null if it is locked already. */
    public static @Nullable LockFile tryAcquire(FileOperations files, Path file) throws IOException {
        FileChannel claim = FileChannel.open(directoryOf(file), StandardOpenOption.READ);
        try {
            FileLock claimed = lockShared(claim, offsetOf(file));
            LockFile acquired = claimed == null ? null : tryAcquire(files, file, claim, claimed);
            if (acquired == null) {
                claim.close();
            }
            return acquired;
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(claim, e);
            throw e;
        }
    }

    private static @Nullable LockFile tryAcquire(FileOperations files, Path file, FileChannel claim, FileLock claimed)
            throws IOException {
        while (true) {
            FileChannel channel = createOrOpen(files, file);
            try {
                if (channel.tryLock() == null) {
                    channel.close();
                    return null;
                }
                FileChannel proof = reopen(files, file);
                if (proof != null) {
                    return new LockFile(claim, claimed, channel, proof);
                }
                channel.close();
            } catch (IOException | RuntimeException | Error e) {
                closeAfter(channel, e);
                throw e;
            }
        }
    }

    private static FileChannel createOrOpen(FileOperations files, Path file) throws IOException {
        while (true) {
            try {
                return files.create(file);
            } catch (FileAlreadyExistsException e) {
                FileChannel existing = openIfPresent(files, file);
                if (existing != null) {
                    return existing;
                }
            }
        }
    }

    private static @Nullable FileChannel openIfPresent(FileOperations files, Path file) throws IOException {
        try {
            return files.openForWrite(file);
        } catch (NoSuchFileException e) {
            return null; // Its holder has deleted it.
        }
    }

    /**
     * Opens the locked file again by its name; null if the name is free or belongs to another file, because its last
     * holder deleted it before it was locked here. The JDK rejects a second lock on the same file only.
     */
    private static @Nullable FileChannel reopen(FileOperations files, Path file) throws IOException {
        FileChannel again = openIfPresent(files, file);
        if (again == null) {
            return null;
        }
        try {
            if (again.tryLock() == null) {
                again.close(); // Another process holds the new file.
                return null;
            }
        } catch (OverlappingFileLockException e) {
            return again;
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(again, e);
            throw e;
        }
        again.close();
        return null;
    }

    private static @Nullable FileLock lockShared(FileChannel channel, long offset) throws IOException {
        try {
            return channel.tryLock(offset, 1, true);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Returns an offset that no other name has, for all practical purposes: 62 bits of its MD5. */
    private static long offsetOf(Path file) {
        String name = String.valueOf(file.getFileName());
        UUID digest = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return digest.getLeastSignificantBits() & (Long.MAX_VALUE >> 1);
    }

    private static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
    }

    private static void closeAfter(FileChannel channel, Throwable failure) {
        try {
            channel.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Returns whether the lock is still held. */
    public boolean isHeld() {
        return claimed.isValid();
    }

    /** Releases the lock. Idempotent. */
    @Override
    public void close() throws IOException {
        try (claim;
                channel;
                proof) {
            // Closed in reverse order, so that the file is only opened again after its lock was released.
        }
    }
}

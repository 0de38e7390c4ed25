package io.harmonylite.snapshot.internal.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A private directory for a single run, deleted by {@link #close}. An operating-system lock on a file in it marks it as
 * in use. {@link #sweep} therefore deletes directories of killed processes and keeps those in use.
 *
 * <p>Its name contains the process that created it. A process never probes its own locks, because closing the probe
 * would drop them (POSIX). Thread-safe; the directory belongs to the caller until it is closed.
 */
public final class ScratchDirectory implements Closeable {

    private static final String LOCK = "lock";

    private final FileOperations files;
    private final Path directory;
    private final FileChannel lock;

    private ScratchDirectory(FileOperations files, Path directory, FileChannel lock) {
        this.files = files;
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Creates a new scratch directory in {@code parent}, readable by its owner only.
     *
     * @param prefix prefix of the name, which {@link #sweep} looks for
     */
    public static ScratchDirectory create(FileOperations files, Path parent, String prefix) throws IOException {
        while (true) {
            String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
            Path directory = parent.resolve(prefix + processToken() + unique);
            files.createPrivateDirectory(directory);
            FileChannel lock = claim(files, directory);
            if (lock != null) {
                return new ScratchDirectory(files, directory, lock);
            }
        }
    }

    /** Returns the path of a file in this directory. */
    public Path resolve(String name) {
        return directory.resolve(name);
    }

    /** Returns the path of this directory. */
    public Path path() {
        return directory;
    }

    /** Deletes the directory and everything in it. Idempotent. */
    @Override
    public void close() throws IOException {
        try (lock) {
            deleteAll(files, directory);
        }
    }

    /** Deletes the scratch directories in {@code parent} whose process has ended. */
    public static void sweep(FileOperations files, Path parent, String prefix) throws IOException {
        for (Path candidate : files.list(parent)) {
            String name = String.valueOf(candidate.getFileName());
            if (name.startsWith(prefix) && !name.startsWith(prefix + processToken()) && Files.isDirectory(candidate)) {
                deleteIfAbandoned(files, candidate);
            }
        }
    }

    private static void deleteIfAbandoned(FileOperations files, Path directory) throws IOException {
        Path lockFile = directory.resolve(LOCK);
        try (FileChannel channel = openOrCreate(files, lockFile);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                deleteAll(files, directory);
            }
        } catch (NoSuchFileException e) {
            // Another sweep, or the owner itself, has just deleted it: nothing is left to do.
        }
    }

    private static FileChannel openOrCreate(FileOperations files, Path lockFile) throws IOException {
        try {
            return files.create(lockFile);
        } catch (FileAlreadyExistsException e) {
            return files.openForWrite(lockFile);
        }
    }

    /**
     * Creates and locks the lock file. Returns null if a sweep considered the new directory abandoned before it was
     * locked.
     */
    private static @Nullable FileChannel claim(FileOperations files, Path directory) throws IOException {
        Path lockFile = directory.resolve(LOCK);
        FileChannel channel;
        try {
            channel = files.create(lockFile);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            deleteUnlocked(files, directory, e);
            throw e;
        }
        if (channel.tryLock() != null && Files.exists(lockFile)) {
            return channel;
        }
        channel.close();
        return null;
    }

    /** Deletes a directory that could not be locked. No run uses it, and no sweep of this process would delete it. */
    private static void deleteUnlocked(FileOperations files, Path directory, IOException reason) {
        try {
            files.delete(directory);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /**
     * Deletes the directory and its files. The lock file comes last, so that a partly deleted directory still shows if
     * it is in use.
     */
    private static void deleteAll(FileOperations files, Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        for (Path file : files.list(directory)) {
            if (!file.endsWith(LOCK)) {
                files.delete(file);
            }
        }
        files.delete(directory.resolve(LOCK));
        files.delete(directory);
    }

    /**
     * Returns a token that all directories of this process share, and no other process has, even if process ids are
     * reused.
     */
    private static String processToken() {
        ProcessHandle self = ProcessHandle.current();
        long started = self.info()
                .startInstant()
                .map(instant -> instant.toEpochMilli())
                .orElse(0L);
        return Long.toHexString(self.pid()) + "-" + Long.toHexString(started) + "-";
    }
}

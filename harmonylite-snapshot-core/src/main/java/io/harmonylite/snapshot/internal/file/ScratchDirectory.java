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
 * A private directory for one run, removed by {@link #close}, and marked as alive by an operating-system lock on a file
 * in it, so that {@link #sweep} removes what a killed process left and never what a living one uses.
 *
 * <p>Its name holds the process that made it: a process never probes locks of its own, since closing the probe would
 * drop them (POSIX). Thread-safe; the directory belongs to the caller until it is closed.
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
     * @param prefix what its name starts with, and what {@link #sweep} looks for
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

    /** The path of a file in this directory. */
    public Path resolve(String name) {
        return directory.resolve(name);
    }

    /** The directory itself. */
    public Path path() {
        return directory;
    }

    /** Removes the directory and everything in it. Idempotent. */
    @Override
    public void close() throws IOException {
        try (lock) {
            empty(files, directory);
        }
    }

    /** Removes the scratch directories in {@code parent} whose process is gone. */
    public static void sweep(FileOperations files, Path parent, String prefix) throws IOException {
        for (Path candidate : files.list(parent)) {
            String name = String.valueOf(candidate.getFileName());
            if (name.startsWith(prefix) && !name.startsWith(prefix + processToken()) && Files.isDirectory(candidate)) {
                removeIfDead(files, candidate);
            }
        }
    }

    private static void removeIfDead(FileOperations files, Path directory) throws IOException {
        Path lockFile = directory.resolve(LOCK);
        try (FileChannel channel = openOrCreate(files, lockFile);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                empty(files, directory);
            }
        } catch (NoSuchFileException e) {
            // Another sweeper, or the owner itself, has just removed it: nothing is left to do.
        }
    }

    private static FileChannel openOrCreate(FileOperations files, Path lockFile) throws IOException {
        try {
            return files.create(lockFile);
        } catch (FileAlreadyExistsException e) {
            return files.openForWrite(lockFile);
        }
    }

    /** Null where a sweeper took the new directory for a dead one before it was locked. */
    private static @Nullable FileChannel claim(FileOperations files, Path directory) throws IOException {
        Path lockFile = directory.resolve(LOCK);
        FileChannel channel;
        try {
            channel = files.create(lockFile);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            giveUp(files, directory, e);
            throw e;
        }
        if (channel.tryLock() != null && Files.exists(lockFile)) {
            return channel;
        }
        channel.close();
        return null;
    }

    /** No run uses a directory that could not be locked, and no sweep of this process would remove it. */
    private static void giveUp(FileOperations files, Path directory, IOException reason) {
        try {
            files.delete(directory);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** The lock goes last, so that a directory that is half removed is still known as dead or alive. */
    private static void empty(FileOperations files, Path directory) throws IOException {
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

    /** The same for every directory of this process, and for no other process, also where process ids are reused. */
    private static String processToken() {
        ProcessHandle self = ProcessHandle.current();
        long started = self.info()
                .startInstant()
                .map(instant -> instant.toEpochMilli())
                .orElse(0L);
        return Long.toHexString(self.pid()) + "-" + Long.toHexString(started) + "-";
    }
}

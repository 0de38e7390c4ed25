package io.harmonylite.snapshot.internal.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private directory for one run, removed by {@link #close}. An operating-system lock on a file in it marks it as in
 * use: opening another one removes the directories that killed processes left, and never one in use.
 *
 * <p>Its name contains the process that created it. A process never probes its own locks, since closing the probe would
 * drop them (POSIX). Thread-safe; the directory belongs to the caller until it is closed.
 */
public final class ScratchDirectory implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectory.class);
    private static final String LOCK = "lock";
    private static final String OF_DATABASE = ".harmonylite-scratch-";

    private final FileOperations files;
    private final Path directory;
    private final FileChannel lock;

    private ScratchDirectory(FileOperations files, Path directory, FileChannel lock) {
        this.files = files;
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Creates a scratch directory in {@code parent}, readable by its owner only, after it has removed those of killed
     * processes.
     *
     * @param prefix the beginning of its name, and of the names that are removed
     */
    public static ScratchDirectory open(FileOperations files, Path parent, String prefix) throws IOException {
        sweep(files, parent, prefix);
        return create(files, parent, prefix);
    }

    /**
     * Creates a scratch directory for one run on a database, after it has removed those of killed processes.
     *
     * @param chosen where it is created; null for the directory of the database, and so on its volume
     */
    public static ScratchDirectory openFor(FileOperations files, Path database, @Nullable Path chosen)
            throws IOException {
        return open(files, chosen == null ? parentOf(database) : chosen, prefix(database));
    }

    /** Removes the scratch directories of killed processes next to a database. */
    public static void sweepFor(FileOperations files, Path database) throws IOException {
        sweep(files, parentOf(database), prefix(database));
    }

    private static Path parentOf(Path database) {
        return Objects.requireNonNull(database.getParent(), "an absolute path of a file has one");
    }

    private static String prefix(Path database) {
        return database.getFileName() + OF_DATABASE;
    }

    private static ScratchDirectory create(FileOperations files, Path parent, String prefix) throws IOException {
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

    /** Returns the directory itself. */
    public Path path() {
        return directory;
    }

    /**
     * Removes the directory and everything in it. A failure is only logged: the work is done, and a later run removes
     * the rest once this process has ended. Idempotent.
     */
    @Override
    public void close() {
        try (lock) {
            deleteAll(files, directory);
        } catch (IOException e) {
            LOG.warn("Scratch directory {} could not be removed", directory, e);
        }
    }

    private static void sweep(FileOperations files, Path parent, String prefix) throws IOException {
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
            // Another process, or the owner itself, has just removed it.
        }
    }

    private static FileChannel openOrCreate(FileOperations files, Path lockFile) throws IOException {
        try {
            return files.create(lockFile);
        } catch (FileAlreadyExistsException e) {
            return files.openForWrite(lockFile);
        }
    }

    /** Returns null if another process swept the new directory before it was locked. */
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

    /** Removes a directory that could not be locked: no sweep of this process would. */
    private static void deleteUnlocked(FileOperations files, Path directory, IOException reason) {
        try {
            files.delete(directory);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Removes the lock last, so that a half removed directory can still be recognised as in use or not. */
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

    /** Returns a text that no other process has, even if process ids are reused. */
    private static String processToken() {
        ProcessHandle self = ProcessHandle.current();
        long started = self.info()
                .startInstant()
                .map(instant -> instant.toEpochMilli())
                .orElse(0L);
        return Long.toHexString(self.pid()) + "-" + Long.toHexString(started) + "-";
    }
}

package io.harmonylite.snapshot.internal.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private directory for one run, removed by {@link #close}. An operating-system lock on a file in it marks it as in
 * use, so that {@link ScratchSpace} removes directories that killed processes left, and never one in use.
 *
 * <p>Its name contains the process that created it. A process never probes its own locks, since closing the probe would
 * drop them (POSIX). Thread-safe; the directory belongs to the caller until it is closed.
 */
public final class ScratchDirectory implements Closeable {

    /** Name of the locked file. */
    static final String LOCK = "lock";

    private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectory.class);

    /** The files that this library and SQLite write into scratch directories, without the lock. */
    private static final Pattern WRITTEN =
            Pattern.compile("\\d+|(copy|compact|staged|rebuilt|snapshot)\\.db(-wal|-shm|-journal)?");

    private final FileOperations files;
    private final Path directory;
    private final FileChannel lock;

    ScratchDirectory(FileOperations files, Path directory, FileChannel lock) {
        this.files = files;
        this.directory = directory;
        this.lock = lock;
    }

    /** Returns the path of a file in this directory. */
    public Path resolve(String name) {
        return directory.resolve(name);
    }

    /** Creates an empty file in this directory, readable by its owner only, and returns its path. */
    public Path create(String name) throws IOException {
        Path file = directory.resolve(name);
        files.createPrivate(file).close();
        return file;
    }

    /** Returns the directory itself. */
    public Path path() {
        return directory;
    }

    /** Removes the directory with its files. A failure is only logged: a later run removes the rest. Idempotent. */
    @Override
    public void close() {
        try (lock) {
            deleteAll(files, directory);
        } catch (IOException e) {
            LOG.warn("Scratch directory {} could not be removed", directory, e);
        }
    }

    /**
     * Deletes a directory with the files that this library writes; fails if it holds others. Removes the lock last, so
     * that a half removed directory can still be recognised as in use or not.
     */
    static void deleteAll(FileOperations files, Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> others = new ArrayList<>();
        for (Path file : files.list(directory)) {
            if (WRITTEN.matcher(String.valueOf(file.getFileName())).matches()) {
                files.delete(file);
            } else if (!file.endsWith(LOCK)) {
                others.add(file);
            }
        }
        if (!others.isEmpty()) {
            throw new IOException("it holds files that this library did not write: " + others);
        }
        files.delete(directory.resolve(LOCK));
        files.delete(directory);
    }
}

package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.LockFile;
import io.harmonylite.snapshot.internal.file.OtherNames;
import io.harmonylite.snapshot.internal.file.PathBytes;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A locked file that is replaced as a whole, by a rename. The lock is on {@code <file>.lock}, which is never deleted: a
 * lock on the file itself would be void after the first rename. Not thread-safe.
 */
final class MapFile implements Closeable {

    /** More than any map needs, and harmless in memory: a longer file is not a map. */
    private static final long MAX_BYTES = 64L << 20;

    private final FileOperations files;
    private final Path file;
    private final LockFile lock;

    private MapFile(FileOperations files, Path file, LockFile lock) {
        this.files = files;
        this.file = file;
        this.lock = lock;
    }

    /** Resolves symbolic links: a rename would replace the link instead of its target. */
    static Path resolve(Path file) {
        try {
            if (!PathBytes.isExpressible(file)) {
                throw inexpressible(file);
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new SnapshotConfigurationException(
                        "the sequence map " + file + " is not a regular file; name another path");
            }
            Path absolute = OtherNames.followLinks(file.toAbsolutePath());
            Path directory = absolute.getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw new SnapshotConfigurationException(
                        "the directory of the sequence map " + file + " does not exist; create it");
            }
            Path resolved = directory.toRealPath().resolve(absolute.getFileName());
            if (!PathBytes.isExpressible(resolved)) {
                throw inexpressible(resolved);
            }
            return resolved;
        } catch (IOException e) {
            throw new SnapshotConfigurationException(
                    "the sequence map " + file + " cannot be resolved: " + e.getMessage() + ". Check the path", e);
        }
    }

    private static SnapshotConfigurationException inexpressible(Path file) {
        return new SnapshotConfigurationException("the path of the sequence map " + file
                + " has characters that the locale of this process cannot express; set LC_ALL=C.UTF-8");
    }

    /** Locks a file, which may be missing. Fails if it is locked already, by this process or another. */
    static MapFile lock(FileOperations files, Path resolved) throws IOException {
        LockFile lock = LockFile.tryAcquire(files, sibling(resolved, ".lock"));
        if (lock == null) {
            throw new SequenceMapInUseException("the sequence map " + resolved + " is already open in this process or"
                    + " another process. One map, one writer: close the other, or give each node a file of its own");
        }
        return new MapFile(files, resolved, lock);
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /** Returns the path of the file. */
    Path path() {
        return file;
    }

    /** Reads a whole file; returns no bytes if it is missing. Takes no lock. */
    static byte[] read(FileOperations files, Path file) throws IOException, MalformedException {
        try (FileChannel channel = files.openForRead(file)) {
            return readAll(channel);
        } catch (IOException e) {
            if (FileFailures.isMissing(e)) {
                return new byte[0];
            }
            throw e;
        }
    }

    private static byte[] readAll(FileChannel channel) throws IOException, MalformedException {
        long size = channel.size();
        if (size > MAX_BYTES) {
            throw new MalformedException("it has " + size + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // until the end, which is earlier if the file was cut off since
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /**
     * Replaces the file, with its old or new contents if it fails; durable on return. Gets the bytes as late as
     * possible: counts made until then are in them.
     */
    void write(Supplier<byte[]> bytes) throws IOException {
        Path fresh = sibling(file, ".new");
        if (!lock.isHeld()) {
            throw new IOException(file + " is closed, and another process may have it open");
        }
        try {
            writeNew(fresh, bytes);
            files.rename(fresh, file);
        } catch (IOException | RuntimeException | Error e) {
            deleteAfter(fresh, e);
            throw e;
        }
        files.syncParent(file);
    }

    private void writeNew(Path fresh, Supplier<byte[]> bytes) throws IOException {
        try (FileChannel channel = createNew(fresh)) {
            files.write(channel, ByteBuffer.wrap(bytes.get()), 0);
            files.sync(channel);
        }
    }

    /** Keeps the rights of the map. Replaces a file that a crash left: no other process writes while this one holds the lock. */
    private FileChannel createNew(Path fresh) throws IOException {
        try {
            return files.createLike(fresh, file);
        } catch (FileAlreadyExistsException e) {
            files.delete(fresh);
            return files.createLike(fresh, file);
        }
    }

    private void deleteAfter(Path fresh, Throwable failure) {
        try {
            files.delete(fresh);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Releases the lock. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }
}

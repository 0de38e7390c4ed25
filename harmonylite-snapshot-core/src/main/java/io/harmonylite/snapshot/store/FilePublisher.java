package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.base.IORunnable;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.file.ScratchSpace;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write side of {@link FileSystemSnapshotStore}: durable content, then a durable name. Sets the last-modified time
 * after the file got its name, so that its age counts from then. Thread-safe.
 */
final class FilePublisher implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(FilePublisher.class);
    private static final int CHUNK = 1 << 20;

    private final FileOperations files;
    private final Path root;
    private final AtomicLong counter = new AtomicLong();
    private final Set<Path> durableDirectories = ConcurrentHashMap.newKeySet();
    private @Nullable ScratchDirectory scratch;

    FilePublisher(FileOperations files, Path root) {
        this.files = files;
        this.root = root;
        durableDirectories.add(root);
    }

    /** Creates a directory and its missing parents; each is durable on return. */
    static void createDirectories(FileOperations files, Path directory) throws IOException {
        Path parent = directory.getParent();
        if (Files.isDirectory(directory) || parent == null) {
            return;
        }
        createDirectories(files, parent);
        createDirectory(files, directory);
        files.syncDirectory(parent);
    }

    private static void createDirectory(FileOperations files, Path directory) throws IOException {
        try {
            files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new StoreAccessException(
                        "cannot create the directory " + directory + ": it is a file; choose another name", e);
            }
        }
    }

    /** Creates a file with the bytes of the source under the name {@code target}, which must be free. */
    void publish(Path target, ObjectSource source) throws IOException {
        Path directory = parentOf(target);
        if (Files.exists(target)) {
            files.syncDirectory(directory); // A reported object must be durable (S3), also if another process wrote it.
            throw new FileAlreadyExistsException(target.toString());
        }
        Path temporary = temporary();
        try {
            write(temporary, source);
            makeDirectory(directory);
            link(target, temporary);
            makeTimed(target);
        } finally {
            discard(temporary);
        }
        makeNameDurable(target);
    }

    /** Deletes a file; durable on return. */
    void remove(Path file) throws IOException {
        if (Files.isDirectory(file) || !Files.isDirectory(parentOf(file))) {
            requireRoot();
            return;
        }
        files.delete(file);
        files.syncDirectory(parentOf(file));
    }

    /** Fails if the file system does not support hard links. */
    void proveLinks() throws IOException {
        Path one = temporary();
        Path two = temporary();
        try {
            files.create(one).close();
            link(two, one);
        } finally {
            discard(two);
            discard(one);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (scratch != null) {
            scratch.close();
        }
    }

    private synchronized Path temporary() throws IOException {
        if (scratch == null) {
            scratch = new ScratchSpace(files).open(root, FileSystemSnapshotStore.TEMPORARY);
        }
        return scratch.resolve(Long.toString(counter.getAndIncrement()));
    }

    private void write(Path file, ObjectSource source) throws IOException {
        try (FileChannel channel = files.create(file);
                InputStream in = source.open()) {
            byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(1, source.length()))];
            long written = 0;
            for (int count = in.readNBytes(chunk, 0, chunk.length); count > 0; ) {
                files.write(channel, ByteBuffer.wrap(chunk, 0, count), written);
                written += count;
                count = in.readNBytes(chunk, 0, chunk.length);
            }
            if (written != source.length()) {
                throw new EOFException("the source has " + written + " bytes instead of " + source.length());
            }
            files.sync(channel);
        }
    }

    /** Makes a directory durable, even one that exists: its creator may not have synced it yet. */
    private void makeDirectory(Path directory) throws IOException {
        if (durableDirectories.contains(directory) && Files.isDirectory(directory)) {
            return;
        }
        requireRoot();
        Path parent = parentOf(directory);
        makeDirectory(parent);
        createDirectory(files, directory);
        files.syncDirectory(parent);
        durableDirectories.add(directory);
    }

    private void requireRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString());
        }
    }

    private void link(Path target, Path temporary) throws IOException {
        try {
            files.link(target, temporary);
        } catch (UnsupportedOperationException | IOException e) {
            if (FileFailures.isWithoutLinks(e)) {
                throw new StoreAccessException(
                        "the file system of " + root + " does not support hard links, which are needed to store an"
                                + " object without replacing another; choose another file system",
                        e);
            }
            // On a network file system the reply to a successful link can get lost; the client's retry then fails.
            if (!Files.exists(target) || !Files.isSameFile(target, temporary)) {
                throw e;
            }
        }
    }

    private void makeTimed(Path target) throws IndeterminateWriteException {
        try {
            uninterrupted(() -> files.touch(target));
        } catch (IOException e) {
            throw new IndeterminateWriteException(
                    target + " was stored, but its last-modified time could not be set", e);
        }
    }

    private void makeNameDurable(Path target) throws IndeterminateWriteException {
        try {
            uninterrupted(() -> files.syncDirectory(parentOf(target)));
        } catch (IOException e) {
            throw new IndeterminateWriteException(
                    target + " was stored, but its directory could not be synced: a power failure may undo it", e);
        }
    }

    /** Runs an action that an interrupt shall not end, since the object exists already; keeps the interrupt for later. */
    private static void uninterrupted(IORunnable action) throws IOException {
        boolean isInterrupted = false;
        try {
            while (true) {
                isInterrupted |= Thread.interrupted();
                try {
                    action.run();
                    return;
                } catch (ClosedByInterruptException e) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void discard(Path temporary) {
        try {
            files.delete(temporary);
        } catch (IOException e) {
            // Harmless: the file only occupies space until the next sweep.
            LOG.warn("Could not delete the temporary file {}; a later sweep deletes it", temporary, e);
        }
    }

    private static Path parentOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "the file of an object has a parent directory");
    }
}

package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
 * The writing half of {@link FileSystemSnapshotStore}: makes a file complete and durable before it has its name, and its
 * name durable before the call returns. Thread-safe.
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

    /** Creates a directory and its missing parents, each of them durable. */
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
                throw new StoreAccessException(directory + " is a file, so nothing can be stored below it", e);
            }
        }
    }

    /** Gives a file of the source's bytes the name {@code target}, which must be free. */
    void publish(Path target, ObjectSource source) throws IOException {
        Path directory = parentOf(target);
        if (Files.exists(target)) {
            files.syncDirectory(directory); // Whoever is told that it exists may rely on it.
            throw new FileAlreadyExistsException(target.toString());
        }
        Path temporary = temporary();
        try {
            write(temporary, source);
            makeDirectory(directory);
            link(target, temporary);
        } finally {
            discard(temporary);
        }
        makeNameDurable(target);
    }

    /** Takes a file's name away, durably. */
    void remove(Path file) throws IOException {
        if (Files.isDirectory(file) || !Files.isDirectory(parentOf(file))) {
            requireRoot();
            return;
        }
        files.delete(file);
        files.syncDirectory(parentOf(file));
    }

    /** Fails where the file system has no hard links. */
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
            ScratchDirectory.sweep(files, root, FileSystemSnapshotStore.TEMPORARY);
            scratch = ScratchDirectory.create(files, root, FileSystemSnapshotStore.TEMPORARY);
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

    /**
     * Directories of this store may have been created by another process a moment ago, so the first put into each makes
     * them durable, whoever created them.
     */
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
                        "the file system of " + root + " has no hard links, without which an object cannot be stored"
                                + " under its name without ever replacing another; choose another file system",
                        e);
            }
            // On a network file system the answer to a link that was made can get lost, and asking again fails.
            if (!Files.exists(target) || !Files.isSameFile(target, temporary)) {
                throw e;
            }
        }
    }

    private void makeNameDurable(Path target) throws IndeterminateWriteException {
        try {
            files.syncDirectory(parentOf(target));
        } catch (IOException e) {
            throw new IndeterminateWriteException(
                    target + " was stored, but its directory could not be made durable: a power cut may undo it", e);
        }
    }

    private void discard(Path temporary) {
        try {
            files.delete(temporary);
        } catch (IOException e) {
            // It costs space until it is swept, and nothing else.
            LOG.warn("Temporary file {} could not be removed", temporary, e);
        }
    }

    private static Path parentOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "an object's file has a directory");
    }
}

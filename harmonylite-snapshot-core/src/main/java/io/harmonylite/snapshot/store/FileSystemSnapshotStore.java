package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Stores objects as files below a directory, each under its own name.
 *
 * <p>A put writes a temporary file, syncs it, creates the object's name as a hard link, which never replaces a file,
 * and syncs the directory. The object is durable on return. Temporary files are in a directory whose name starts with
 * {@value #TEMPORARY}, which no object name can start with. The first put removes those of processes that no longer
 * run. A file system without hard links is rejected.
 *
 * <p>Thread-safe. Several stores, in several processes, may be open on one directory. Reading writes nothing and needs
 * no write permission. In this store a name cannot be both an object and a directory of other objects.
 */
public final class FileSystemSnapshotStore implements SnapshotStore {

    /** Prefix of the names of temporary directories. */
    static final String TEMPORARY = "~put-";

    private final FileOperations files;
    private final Path root;
    private final FilePublisher publisher;
    private volatile boolean closed;

    private FileSystemSnapshotStore(FileOperations files, Path root) {
        this.files = files;
        this.root = root;
        this.publisher = new FilePublisher(files, root);
    }

    /**
     * Opens a store on an existing directory; writes nothing.
     *
     * @throws ContainerMissingException if the directory does not exist or is not a directory
     */
    public static FileSystemSnapshotStore open(Path directory) throws IOException {
        return open(directory, new SystemFileOperations());
    }

    /**
     * Opens a store on a directory, and verifies that it supports hard links. Creates the directory and its parents if
     * they are missing; they are durable on return.
     *
     * @throws StoreAccessException if this process has no write permission, or the file system does not support hard
     *     links
     */
    public static FileSystemSnapshotStore create(Path directory) throws IOException {
        return create(directory, new SystemFileOperations());
    }

    static FileSystemSnapshotStore open(Path directory, FileOperations files) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw new ContainerMissingException(
                    "the directory " + root + " does not exist; create it, or correct the path");
        }
        return new FileSystemSnapshotStore(files, root);
    }

    static FileSystemSnapshotStore create(Path directory, FileOperations files) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        try {
            FilePublisher.createDirectories(files, root);
            FileSystemSnapshotStore store = new FileSystemSnapshotStore(files, root);
            store.publisher.proveLinks();
            return store;
        } catch (IOException e) {
            throw FileSystemFailures.translate(root, "the store's directory", e);
        }
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        Path target = path(name);
        try {
            publisher.publish(target, source);
        } catch (IOException e) {
            throw FileSystemFailures.translate(root, name, e);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        Path file = path(name);
        return reading(name, () -> {
            FileChannel channel = openObject(file);
            return new ExactLengthInputStream(Channels.newInputStream(channel), name, sizeOf(channel));
        });
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("invalid range: " + length + " bytes from offset " + offset);
        }
        Path file = path(name);
        return reading(name, () -> {
            FileChannel channel = openObject(file);
            return range(name, channel, offset, length);
        });
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        Path file = path(name);
        return reading(name, () -> {
            return info(name, attributesOf(file));
        });
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        checkOpen();
        ObjectName.checkPrefix(prefix);
        List<ObjectInfo> found = new ArrayList<>();
        reading(prefix, () -> {
            String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
            addAll(folder, prefix, found);
            return found;
        });
        found.sort(Comparator.comparing(ObjectInfo::name));
        return found;
    }

    @Override
    public void delete(String name) throws IOException {
        Path file = path(name);
        try {
            publisher.remove(file);
        } catch (IOException e) {
            throw FileSystemFailures.translate(root, name, e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        publisher.close();
    }

    @Override
    public String toString() {
        return root.toUri().toString();
    }

    private Path path(String name) {
        checkOpen();
        return root.resolve(ObjectName.check(name));
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the store at " + root + " is closed");
        }
    }

    private FileChannel openObject(Path file) throws IOException {
        attributesOf(file); // Opening a directory succeeds; only reading it fails, with another exception.
        return files.openForRead(file);
    }

    private static BasicFileAttributes attributesOf(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new NoSuchFileException(file.toString());
        }
        return attributes;
    }

    private static long sizeOf(FileChannel channel) throws IOException {
        try {
            return channel.size();
        } catch (IOException e) {
            try (channel) {
                throw e;
            }
        }
    }

    private static InputStream range(String name, FileChannel channel, long offset, long length) throws IOException {
        try {
            if (offset > channel.size() - length) {
                throw new EOFException(name + " has " + channel.size() + " bytes, not " + length + " from " + offset);
            }
            channel.position(offset);
            return new ExactLengthInputStream(Channels.newInputStream(channel), name, length);
        } catch (IOException e) {
            try (channel) {
                throw e;
            }
        }
    }

    /** Ignores names that are not object names, such as temporary directories. */
    private void addAll(String folder, String prefix, List<ObjectInfo> found) throws IOException {
        for (Path file : entries(folder)) {
            String name = folder + Objects.requireNonNull(file.getFileName(), "a listed file has a file name");
            boolean wanted = name.startsWith(prefix) || prefix.startsWith(name + "/");
            if (!wanted || !ObjectName.isValid(name)) {
                continue;
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                addAll(name + "/", prefix, found);
            } else {
                addFile(name, file, found);
            }
        }
    }

    private static void addFile(String name, Path file, List<ObjectInfo> found) throws IOException {
        try {
            found.add(info(name, attributesOf(file)));
        } catch (NoSuchFileException e) {
            return; // It was deleted during the listing, or is not a regular file.
        }
    }

    private List<Path> entries(String folder) throws IOException {
        try {
            return files.list(folder.isEmpty() ? root : root.resolve(folder));
        } catch (IOException e) {
            if (FileFailures.isMissing(e) && Files.isDirectory(root)) {
                return List.of(); // No object was stored below this folder yet.
            }
            throw e;
        }
    }

    private static ObjectInfo info(String name, BasicFileAttributes attributes) {
        return new ObjectInfo(
                name, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    private <T> T reading(String what, IOSupplier<T> reading) throws IOException {
        try {
            return reading.get();
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            throw FileSystemFailures.translate(root, what, e);
        }
    }
}

package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The seam over file operations. One method is one step that can fail, be cut off by a crash, or be forgotten by a power
 * loss; nothing here combines two of them. {@link SystemFileOperations} is the real one; tests wrap it.
 *
 * <p>Thread-safe. What is written is durable after {@link #sync}; a name that was created, linked, renamed or deleted is
 * durable after {@link #syncDirectory} of its directory.
 */
public interface FileOperations {

    /** Creates a new file for reading and writing; fails where the name exists. */
    FileChannel create(Path file) throws IOException;

    /** Opens an existing file for reading. Never a live database, nor a sidecar of one. */
    FileChannel openForRead(Path file) throws IOException;

    /** Opens an existing file for reading and writing. Never a live database, nor a sidecar of one. */
    FileChannel openForWrite(Path file) throws IOException;

    /** Writes all bytes that remain in {@code bytes} at a position. */
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException;

    /** Makes the content of an open file durable. */
    void sync(FileChannel channel) throws IOException;

    /** Creates a directory whose parent exists; fails where the name exists. */
    void createDirectory(Path directory) throws IOException;

    /** Creates a directory that only its owner can enter; fails where the name exists. */
    void createPrivateDirectory(Path directory) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /** Makes the names in the directory of a file durable. */
    default void syncParent(Path file) throws IOException {
        syncDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory"));
    }

    /**
     * Gives a file a second name; fails where that exists.
     *
     * @throws UnsupportedOperationException where the file system has no hard links
     */
    void link(Path newName, Path existing) throws IOException;

    /** Renames a file atomically, replacing the target if there is one. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file or an empty directory; does nothing where there is none. */
    void delete(Path file) throws IOException;

    /** Names in a directory, in no particular order. */
    List<Path> list(Path directory) throws IOException;

    /** Bytes that can still be written on the volume that holds {@code file}, which must exist. */
    long usableSpace(Path file) throws IOException;
}

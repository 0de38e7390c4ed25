package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The seam over file operations. Each method is one step that can fail, be interrupted by a crash, or be lost in a
 * power failure; none combines two steps. Production code uses {@link SystemFileOperations}; tests wrap it.
 *
 * <p>Thread-safe. Written content is durable after {@link #sync}. A name that was created, linked, renamed or deleted
 * is durable after {@link #syncDirectory} of its directory.
 */
public interface FileOperations {

    /** Creates a new file for reading and writing. Fails if the name exists. */
    FileChannel create(Path file) throws IOException;

    /** Creates a new file for reading and writing that only its owner can read. Fails if the name exists. */
    FileChannel createPrivate(Path file) throws IOException;

    /**
     * Creates an empty file for reading and writing with the owner, mode and ACL of another one, as far as it can
     * without granting additional access; like {@link #createPrivate} if that does not exist. Opens the model, which
     * must never be a live database.
     */
    FileChannel createLike(Path file, Path model) throws IOException;

    /** Opens an existing file for reading. Must never be used on a live database or its sidecars. */
    FileChannel openForRead(Path file) throws IOException;

    /**
     * Opens an existing file for reading and writing. Fails if the name is a symbolic link, which might lead to a live
     * database. Must never be used on a live database or its sidecars.
     */
    FileChannel openForWrite(Path file) throws IOException;

    /** Writes all remaining bytes of {@code bytes} at a position. */
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException;

    /** Makes the content of an open file durable. */
    void sync(FileChannel channel) throws IOException;

    /** Creates a directory whose parent exists. Fails if the name exists. */
    void createDirectory(Path directory) throws IOException;

    /** Creates a directory that only its owner can enter. Fails if the name exists. */
    void createPrivateDirectory(Path directory) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /** Makes the names in the directory of a file durable. */
    default void syncParent(Path file) throws IOException {
        syncDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory"));
    }

    /** Gives a file a second name by a hard link. Fails if that name exists or the file system has no hard links. */
    void link(Path newName, Path existing) throws IOException;

    /**
     * Sets a file's last-modified time to the present time of its file system, which for a network file system is the
     * server's; a delay cannot make it too old. Must never be used on a live database or its sidecars.
     */
    void touch(Path file) throws IOException;

    /** Renames a file atomically, replacing the target if there is one. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file or an empty directory. Does nothing if it does not exist. */
    void delete(Path file) throws IOException;

    /** Lists the paths in a directory, in no particular order. */
    List<Path> list(Path directory) throws IOException;

    /** Returns the number of bytes that can still be written on the volume of {@code file}, which must exist. */
    long usableSpace(Path file) throws IOException;
}

package io.harmonylite.snapshot.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/**
 * Stores immutable objects under names. This is the interface that a storage provider implements. The rest of the
 * library relies on the nine obligations below. The abstract suite {@code SnapshotStoreContract} has a test for each of
 * them.
 *
 * <table>
 * <caption>Obligations</caption>
 * <tr><th>S1</th><td>{@link #putIfAbsent} is atomic: a reader sees the whole object or nothing. Its source can be read
 * again and has a known length.</td></tr>
 * <tr><th>S2</th><td>A put never replaces: if the name exists, it throws {@link ObjectExistsException} and the existing
 * bytes are untouched. A deleted name may be stored again, as a copy of snapshots does. A deletion that is still running
 * may remove the new object.</td></tr>
 * <tr><th>S3</th><td>On return the object is durable, and visible to every later {@link #open}, {@link #stat} and
 * {@link #list}, from any process.</td></tr>
 * <tr><th>S4</th><td>A failed put leaves nothing visible. If the outcome is unknown, it throws {@link
 * IndeterminateWriteException}.</td></tr>
 * <tr><th>S5</th><td>{@link #open}, of a whole object or of a range, returns exactly the stored bytes or fails. A short
 * or damaged read is never a normal end of the stream.</td></tr>
 * <tr><th>S6</th><td>A missing object is reported by {@link NoSuchObjectException}. It is distinct from {@link
 * ContainerMissingException} (no bucket or directory), {@link StoreAccessException} (not allowed) and a plain {@link
 * IOException} (not reachable).</td></tr>
 * <tr><th>S7</th><td>{@link #list} is complete and sorted by name, with size and last-modified time: the moment at which
 * the object became visible, by the store's own clock, or up to the duration of the put earlier. Its cost grows with the
 * size of its result, or at most with the size of the folder in which the prefix ends.</td></tr>
 * <tr><th>S8</th><td>{@link #delete} is idempotent. A reader that was already open finishes or fails; it never reads
 * other bytes.</td></tr>
 * <tr><th>S9</th><td>{@link #close} closes only what the store opened itself, and leaks nothing. Reading needs no
 * permission to write.</td></tr>
 * </table>
 *
 * <p><b>Names</b> have one to {@value ObjectName#MAX_LENGTH} characters: segments of {@code [A-Za-z0-9._-]}, none of
 * them {@code .} or {@code ..}, joined by single slashes. Any other name is an {@link IllegalArgumentException} before
 * the store is accessed.
 *
 * <p><b>Thread-safety</b>: all methods may be called from any number of threads, and several stores, in several
 * processes, may be open on the same location. <b>Interruption</b>: an interrupted thread gets an {@link
 * java.io.InterruptedIOException} (or another {@code IOException}) and keeps its interrupt flag. S4 also holds for a
 * put that was interrupted.
 */
public interface SnapshotStore extends Closeable {

    /**
     * Stores an object under a name that does not exist yet.
     *
     * <p>Durable and visible on return (S3). Repeating a put with an unknown outcome is safe: it stores the object or
     * reports that the name exists.
     *
     * @throws ObjectExistsException if the name exists; the existing bytes are untouched
     * @throws IndeterminateWriteException if the object may or may not exist, now or a little later
     * @throws StoreFullException if there is no space; nothing is visible
     * @throws StoreAccessException if the store does not allow the put; nothing is visible
     * @throws ContainerMissingException if the bucket or directory is missing
     * @throws IOException if the store could not be reached or the source could not be read; nothing is visible
     */
    void putIfAbsent(String name, ObjectSource source) throws IOException;

    /**
     * Opens a whole object. The caller closes the stream.
     *
     * @throws NoSuchObjectException if the name does not exist
     * @throws DamagedObjectException if the store finds that the bytes are not those that were stored; thrown at the
     *     latest before the last byte is read
     */
    InputStream open(String name) throws IOException;

    /**
     * Opens the bytes from {@code offset} to {@code offset + length - 1} of an object. The caller closes the stream.
     *
     * @throws NoSuchObjectException if the name does not exist
     * @throws java.io.EOFException if the object ends before {@code offset + length}; thrown at the latest when its end
     *     is read
     * @throws IllegalArgumentException if {@code offset} or {@code length} is negative
     */
    InputStream open(String name, long offset, long length) throws IOException;

    /**
     * Returns the size and the last-modified time of an object.
     *
     * @throws NoSuchObjectException if the name does not exist
     */
    ObjectInfo stat(String name) throws IOException;

    /**
     * Lists every object whose name starts with {@code prefix}, sorted by name as text. The prefix may be any beginning
     * of a name, or empty. A folder without objects gives an empty list, even if it was never written to.
     */
    List<ObjectInfo> list(String prefix) throws IOException;

    /** Deletes an object. Does nothing if it does not exist. Durable on return. */
    void delete(String name) throws IOException;

    /**
     * Deletes several objects, in the given order if the store deletes one at a time. After an exception some of them
     * may be deleted; repeating is safe.
     */
    default void deleteAll(Collection<String> names) throws IOException {
        for (String name : names) {
            delete(name);
        }
    }

    /** Closes what this store opened itself (S9). Idempotent; other methods fail after it. */
    @Override
    void close() throws IOException;
}

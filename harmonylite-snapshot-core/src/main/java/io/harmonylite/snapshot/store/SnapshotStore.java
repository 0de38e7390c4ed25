package io.harmonylite.snapshot.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/**
 * Keeps immutable objects under names. The half of the library that a provider implements; everything else is built on
 * the nine obligations below, and the abstract suite {@code SnapshotStoreContract} holds a test for each.
 *
 * <table>
 * <caption>Obligations</caption>
 * <tr><th>S1</th><td>{@link #putIfAbsent} is atomic: readers see nothing, or the whole object. Its source is replayable
 * and of known length.</td></tr>
 * <tr><th>S2</th><td>It never replaces: an existing name is reported by {@link ObjectExistsException} and its bytes are
 * untouched. Creating a deleted name anew is undefined; this library never does.</td></tr>
 * <tr><th>S3</th><td>On return the object is durable, and visible to every later {@link #open}, {@link #stat} and
 * {@link #list}, from any process.</td></tr>
 * <tr><th>S4</th><td>A failed put leaves nothing visible. Where the outcome is unknown it says so with
 * {@link IndeterminateWriteException}.</td></tr>
 * <tr><th>S5</th><td>{@link #open}, of a whole object or of a range, yields exactly the stored bytes or fails; a short
 * or damaged read is never a normal end of the stream.</td></tr>
 * <tr><th>S6</th><td>"Not there" is {@link NoSuchObjectException}, distinct from {@link ContainerMissingException}
 * (bucket or directory), {@link StoreAccessException} (not allowed) and a plain {@link IOException} (cannot
 * reach).</td></tr>
 * <tr><th>S7</th><td>{@link #list} is complete and sorted by name, carries size and last-modified time, and its cost
 * grows with what it returns, or at most with the folder the prefix ends in.</td></tr>
 * <tr><th>S8</th><td>{@link #delete} is idempotent. A reader that was already open finishes or fails; it never reads
 * other bytes.</td></tr>
 * <tr><th>S9</th><td>{@link #close} does not close what the host passed in; nothing leaks; reading needs no permission
 * to write.</td></tr>
 * </table>
 *
 * <p><b>Names</b> are one to {@value ObjectName#MAX_LENGTH} characters: segments of {@code [A-Za-z0-9._-]}, none of them
 * {@code .} or {@code ..}, joined by single slashes. Anything else is an {@link IllegalArgumentException} before the
 * store is touched.
 *
 * <p><b>Thread-safety</b>: all methods may be called from any number of threads, and several stores, in several
 * processes, may be open on the same place. <b>Interruption</b>: an interrupted thread gets an
 * {@link java.io.InterruptedIOException} (or an other {@code IOException}) and keeps its interrupt flag; a put that was
 * interrupted is bound by S4.
 */
public interface SnapshotStore extends Closeable {

    /**
     * Stores an object under a name that does not exist yet.
     *
     * <p>Durable and visible on return (S3). Repeating a put whose outcome is unknown is safe: it either stores the
     * object or reports that the name exists.
     *
     * @throws ObjectExistsException where the name is taken; the existing bytes are untouched
     * @throws IndeterminateWriteException where the object may or may not be there, now or a little later
     * @throws StoreFullException where there is no room; nothing is visible
     * @throws StoreAccessException where the store does not allow it; nothing is visible
     * @throws ContainerMissingException where the bucket or directory itself is missing
     * @throws IOException where the store could not be reached, or the source could not be read; nothing is visible
     */
    void putIfAbsent(String name, ObjectSource source) throws IOException;

    /**
     * Opens a whole object. The caller closes the stream.
     *
     * @throws NoSuchObjectException where the name does not exist
     * @throws DamagedObjectException where the store finds other bytes than were stored, at the latest before the last of
     *     them is read
     */
    InputStream open(String name) throws IOException;

    /**
     * Opens the bytes from {@code offset} to {@code offset + length - 1} of an object. The caller closes the stream.
     *
     * @throws NoSuchObjectException where the name does not exist
     * @throws java.io.EOFException where the object ends before {@code offset + length}, at the latest when its end is
     *     read
     * @throws IllegalArgumentException where {@code offset} or {@code length} is negative
     */
    InputStream open(String name, long offset, long length) throws IOException;

    /**
     * Says how large an object is and when it was stored.
     *
     * @throws NoSuchObjectException where the name does not exist
     */
    ObjectInfo stat(String name) throws IOException;

    /**
     * Lists every object whose name starts with {@code prefix}, sorted by name as text. The prefix is any beginning of
     * a name, and may be empty; a place nobody has written to yet has no objects.
     */
    List<ObjectInfo> list(String prefix) throws IOException;

    /** Removes an object; does nothing where there is none. Durable on return. */
    void delete(String name) throws IOException;

    /**
     * Removes several objects, in the order given where the store works one by one. After an exception some may be
     * gone; repeating is safe.
     */
    default void deleteAll(Collection<String> names) throws IOException {
        for (String name : names) {
            delete(name);
        }
    }

    /** Releases what this store opened itself (S9). Idempotent; other methods fail after it. */
    @Override
    void close() throws IOException;
}

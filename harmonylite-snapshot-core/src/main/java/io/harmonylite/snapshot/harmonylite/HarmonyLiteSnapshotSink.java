package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;

/**
 * Writes a snapshot to a location from which HarmonyLite nodes restore it. The location has a single name; a put
 * replaces the previous object.
 *
 * <p>Implementations are thread-safe, keep the thread's interrupt flag, and do not close what their host passed to
 * them. {@code toString} names the location, without secrets.
 */
public interface HarmonyLiteSnapshotSink {

    /**
     * Replaces the object at the location with an image. On return the image is complete and durable, and every later
     * reader gets it. The previous object stays readable until then, if the location supports that; the result says
     * whether it did. Repeating is safe.
     *
     * @param image a plain SQLite database in rollback mode, complete and verified
     * @param tag its tag, as {@link HarmonyLiteTag} computes it; stored with the object if the location keeps tags
     * @return what happened to the previous object
     * @throws ContainerMissingException if the bucket or directory is missing; nothing was changed
     * @throws StoreAccessException if the location does not allow the put; nothing was changed
     * @throws StoreFullException if there is not enough space; the previous object is unchanged, unless {@link
     *     PreviousSnapshot#REMOVED_BEFORE} applies
     * @throws IndeterminateWriteException if the image may or may not have been stored
     * @throws IOException if the location cannot be reached; the previous object is unchanged, unless {@link
     *     PreviousSnapshot#REMOVED_BEFORE} applies
     */
    PreviousSnapshot put(ObjectSource image, String tag) throws IOException;
}

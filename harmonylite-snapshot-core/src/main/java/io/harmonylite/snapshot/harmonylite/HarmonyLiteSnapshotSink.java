package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;

/**
 * Where a snapshot is written that HarmonyLite's nodes restore. There is one name, and what lay there is replaced.
 *
 * <p>Implementations are thread-safe, keep an interrupt, and close nothing that their host gave them. {@code toString}
 * names the place, without secrets.
 */
public interface HarmonyLiteSnapshotSink {

    /**
     * Puts an image in the place of what lies there. On return it is complete, durable and what every later reader gets.
     * What lay there stays readable until then, as far as the place allows it; the answer says how far that was. Repeating
     * is safe.
     *
     * @param image a plain SQLite database in rollback mode, complete and verified
     * @param tag its tag, as {@link HarmonyLiteTag} computes it; kept beside the object where the place keeps tags
     * @return what became of the object that lay there
     * @throws ContainerMissingException where the bucket or directory is missing; nothing was changed
     * @throws StoreAccessException where it is not allowed; nothing was changed
     * @throws StoreFullException where there is too little room; what lay there is as it was, unless it is of the kind that
     *     {@link PreviousSnapshot#REMOVED_BEFORE} describes
     * @throws IndeterminateWriteException where the image may or may not be in its place
     * @throws IOException where the place cannot be reached; what lay there is as it was, with the same exception
     */
    PreviousSnapshot put(ObjectSource image, String tag) throws IOException;
}

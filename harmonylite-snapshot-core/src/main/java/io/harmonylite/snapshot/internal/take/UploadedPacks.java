package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the packs of an uncommitted take, so that a failed take can remove them and leaves no orphans. Thread-safe.
 */
final class UploadedPacks {

    private static final Logger LOG = LoggerFactory.getLogger(UploadedPacks.class);

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();

    /** Records a pack whose upload begins. */
    void begin(String name) {
        names.add(name);
    }

    /** Adds bytes of the image that are sealed. Returns the total so far. */
    long done(long more) {
        return bytes.addAndGet(more);
    }

    /** Returns how many bytes of the image are sealed. */
    long bytes() {
        return bytes.get();
    }

    /**
     * Removes the uploaded packs. Called only if no manifest exists or can appear. Runs to its end even if the thread
     * is interrupted, and keeps the interrupt. Does nothing if the take failed because the store could not be reached.
     */
    void abort(SnapshotStore store, Throwable reason) {
        if (reason instanceof StoreUnavailableException) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            store.deleteAll(names);
        } catch (IOException | RuntimeException e) {
            // The take reports its own failure; a sweep removes the remaining packs as orphans.
            LOG.debug("Packs of a failed take remain until a sweep removes them", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

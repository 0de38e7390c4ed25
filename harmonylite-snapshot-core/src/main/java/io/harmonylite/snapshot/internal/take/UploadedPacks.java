package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The packs of a take that is not committed yet, so that a take that fails leaves no orphans behind. Thread-safe. */
final class UploadedPacks {

    private static final Logger LOG = LoggerFactory.getLogger(UploadedPacks.class);

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();
    private final long started = System.nanoTime();

    /** Notes a pack whose upload begins. */
    void begin(String name) {
        names.add(name);
    }

    /** Adds bytes of the image that are done; returns how many that makes. */
    long done(long more) {
        return bytes.addAndGet(more);
    }

    /** Bytes of the image that are done. */
    long bytes() {
        return bytes.get();
    }

    /** How long ago the take began, by a clock that cannot be set. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /**
     * Removes what was uploaded; only ever called where no manifest is there, nor will be. An interrupt waits until that is done;
     * a store that could not be reached is not waited for once more.
     */
    void abort(SnapshotStore store, Throwable reason) {
        if (reason instanceof StoreUnavailableException) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            store.deleteAll(names);
        } catch (IOException | RuntimeException e) {
            // The take has failed with its own reason already; what stays is an orphan, and swept as such.
            LOG.debug("Packs of a take that failed stay until they are swept", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's own time, which is told by an object that is written for it: nobody's clock but that one is believed. */
public final class StoreClock {

    private static final Logger LOG = LoggerFactory.getLogger(StoreClock.class);
    private static final int ATTEMPTS = 3;

    private final Services services;
    private final SnapshotCatalog catalog;

    /** The clock of a catalog's store. */
    public StoreClock(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    /** Asks once more where somebody's sweep was faster than this thread: it was paused for as long as a grace period. */
    public Instant now() throws IOException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                return ask();
            } catch (NoSuchObjectException e) {
                LOG.debug("The object that tells the time was swept, attempt {}", attempt);
            }
        }
        return ask();
    }

    private Instant ask() throws IOException {
        SnapshotStore store = catalog.store();
        String name = catalog.layout().clocks() + services.randomName();
        store.putIfAbsent(name, ObjectSource.of(new byte[0]));
        Instant now = store.stat(name).lastModified();
        store.delete(name);
        return now;
    }
}

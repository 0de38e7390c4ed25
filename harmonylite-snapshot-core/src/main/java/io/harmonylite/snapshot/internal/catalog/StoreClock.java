package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the store's time from the last-modified time of an object that is written for this. No other clock is used. */
public final class StoreClock {

    private static final Logger LOG = LoggerFactory.getLogger(StoreClock.class);
    private static final int ATTEMPTS = 3;

    private final Services services;
    private final SnapshotCatalog catalog;

    /** Creates the clock of a catalog's store. */
    public StoreClock(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    /** Returns the store's time; tries again if a sweep removed the object, after a pause of a whole grace period. */
    public Instant now() throws IOException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                return read();
            } catch (NoSuchObjectException e) {
                LOG.debug("The object written to read the store's time was removed by a sweep, attempt {}", attempt);
            }
        }
        return read();
    }

    /** Returns whether another catalog reads the objects that are written to this store. Only reads the other store. */
    public boolean isShared(SnapshotCatalog other) throws IOException {
        String name = catalog.layout().clocks() + services.randomName();
        catalog.store().putIfAbsent(name, ObjectSource.of(new byte[0]));
        boolean isShared = other.store().list(name).stream()
                .anyMatch(object -> object.name().equals(name));
        catalog.store().delete(name);
        return isShared;
    }

    private Instant read() throws IOException {
        SnapshotStore store = catalog.store();
        String name = catalog.layout().clocks() + services.randomName();
        store.putIfAbsent(name, ObjectSource.of(new byte[0]));
        Instant now = store.stat(name).lastModified();
        store.delete(name);
        return now;
    }
}

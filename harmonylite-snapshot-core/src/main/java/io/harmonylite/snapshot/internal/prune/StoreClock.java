package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Instant;

/** The store's own time, which is told by an object that is written for it: nobody's clock but that one is believed. */
final class StoreClock {

    private final Services services;
    private final SnapshotCatalog catalog;

    StoreClock(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    Instant now() throws IOException {
        SnapshotStore store = catalog.store();
        String name = catalog.layout().clocks() + services.randomName();
        store.putIfAbsent(name, ObjectSource.of(new byte[0]));
        Instant now = store.stat(name).lastModified();
        store.delete(name);
        return now;
    }
}

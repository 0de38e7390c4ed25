package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Holds snapshots in use, whatever retention says. Immutable and thread-safe. */
public final class Pins {

    private final SnapshotStore store;
    private final StoreLayout layout;

    /** The pins of a catalog's snapshots. */
    public Pins(SnapshotCatalog catalog) {
        this.store = catalog.store();
        this.layout = catalog.layout();
    }

    /** The snapshots that are pinned. */
    public SortedSet<SnapshotId> pinned() {
        TreeSet<SnapshotId> pinned = new TreeSet<>();
        StoreFailures.calling(() -> store.list(layout.pins()))
                .forEach(pin -> layout.pinnedBy(pin.name()).ifPresent(pinned::add));
        return Collections.unmodifiableSortedSet(pinned);
    }

    /**
     * Pins a snapshot; durable on return. Whoever marks it as retired after that does not win.
     *
     * @param random what makes the pin's name unique
     * @throws SnapshotNotFoundException where it is not there, or was retired before
     */
    public void pin(SnapshotId id, String random) {
        String pin = layout.pin(id, random);
        StoreFailures.running(() -> {
            requireInUse(id);
            store.putIfAbsent(pin, ObjectSource.of(new byte[0]));
            try {
                requireInUse(id);
            } catch (SnapshotNotFoundException e) {
                store.delete(pin);
                throw e;
            }
        });
    }

    /**
     * Removes all pins of a snapshot.
     *
     * @throws SnapshotNotFoundException where there is neither a pin nor the snapshot
     */
    public void unpin(SnapshotId id) {
        StoreFailures.running(() -> {
            List<String> pins =
                    store.list(layout.pinsOf(id)).stream().map(ObjectInfo::name).toList();
            if (pins.isEmpty()) {
                requireThere(id);
            }
            store.deleteAll(pins);
        });
    }

    /** The marker is asked for first, because it goes after the manifest. */
    private void requireInUse(SnapshotId id) throws IOException {
        if (!store.list(layout.retired(id)).isEmpty()) {
            throw about(id, new SnapshotNotFoundException("snapshot " + id + " is retired; it cannot be pinned"));
        }
        requireThere(id);
    }

    private void requireThere(SnapshotId id) throws IOException {
        try {
            store.stat(layout.manifest(id));
        } catch (NoSuchObjectException e) {
            throw about(id, new SnapshotNotFoundException("there is no snapshot " + id + " of " + layout.name(), e));
        }
    }

    private static SnapshotNotFoundException about(SnapshotId id, SnapshotNotFoundException e) {
        e.about(id);
        return e;
    }
}

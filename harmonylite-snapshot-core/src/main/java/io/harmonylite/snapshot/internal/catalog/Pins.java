package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Pins snapshots: a pinned snapshot stays in use, whatever the retention policy. Immutable and thread-safe. */
public final class Pins {

    private final SnapshotStore store;
    private final StoreLayout layout;

    /** Creates the pins of a catalog's snapshots. */
    public Pins(SnapshotCatalog catalog) {
        this.store = catalog.store();
        this.layout = catalog.layout();
    }

    public SortedSet<SnapshotId> pinned() {
        TreeSet<SnapshotId> pinned = new TreeSet<>();
        StoreFailures.calling(() -> store.list(layout.pins()))
                .forEach(pin -> layout.pinnedBy(pin.name()).ifPresent(pinned::add));
        return Collections.unmodifiableSortedSet(pinned);
    }

    /** Pins an existing snapshot; durable on return. Takes precedence over a later retirement marker. */
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

    /** Removes all pins of a snapshot. Throws if neither a pin nor the snapshot exists. */
    public void unpin(SnapshotId id) {
        StoreFailures.running(() -> {
            List<String> pins =
                    store.list(layout.pinsOf(id)).stream().map(ObjectInfo::name).toList();
            if (pins.isEmpty()) {
                requireExists(id);
            }
            store.deleteAll(pins);
        });
    }

    /** Checks the marker before the manifest, because a sweep removes it after the manifest. */
    private void requireInUse(SnapshotId id) throws IOException {
        if (!store.list(layout.retired(id)).isEmpty()) {
            throw about(
                    id,
                    new SnapshotNotFoundException(
                            "snapshot " + id + " cannot be pinned: it is retired; choose another"));
        }
        requireExists(id);
    }

    private void requireExists(SnapshotId id) throws IOException {
        try {
            store.stat(layout.manifest(id));
        } catch (NoSuchObjectException e) {
            throw about(
                    id,
                    new SnapshotNotFoundException("snapshot " + id + " of " + layout.name() + " does not exist", e));
        }
    }

    private static SnapshotNotFoundException about(SnapshotId id, SnapshotNotFoundException e) {
        ExceptionAccess.setSnapshot(e, id);
        return e;
    }
}

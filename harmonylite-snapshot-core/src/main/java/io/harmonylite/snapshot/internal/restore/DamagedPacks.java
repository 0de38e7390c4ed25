package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.format.Outline;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Marks packs that a verification found damaged, so that no take references them, and finds all snapshots that need them. */
final class DamagedPacks {

    private static final Logger LOG = LoggerFactory.getLogger(DamagedPacks.class);

    private final SnapshotCatalog catalog;

    DamagedPacks(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Marks the damaged packs of a snapshot.
     *
     * @param damaged packs whose content is damaged
     * @return all snapshots in use that need one of these packs, or one that is missing or has another size
     */
    SortedSet<SnapshotId> record(SnapshotId id, Set<PackName> damaged) {
        damaged.forEach(this::mark);
        SortedSet<SnapshotId> affected = new TreeSet<>();
        // One manifest at a time: each may have 64 MiB.
        Set<PackName> unusable = read(id).map(catalog::unusablePacks).orElse(Set.of());
        for (SnapshotId other : unusable.isEmpty() ? Set.<SnapshotId>of() : catalog.inUse()) {
            if (read(other).filter(manifest -> needsAny(manifest, unusable)).isPresent()) {
                affected.add(other);
            }
        }
        return affected;
    }

    private static boolean needsAny(Outline manifest, Set<PackName> packs) {
        return manifest.packs().stream().map(PackEntry::name).anyMatch(packs::contains);
    }

    /** Marks a pack. Only the marker is lost if the store cannot be written: then a take may reference the pack. */
    private void mark(PackName pack) {
        try {
            StoreFailures.running(() -> {
                try {
                    catalog.store().putIfAbsent(catalog.layout().damaged(pack), ObjectSource.of(new byte[0]));
                } catch (ObjectExistsException e) {
                    LOG.debug("Pack {} is marked as damaged already", pack);
                }
            });
        } catch (SnapshotException e) {
            LOG.warn("Pack {} is damaged, but cannot be marked; take a full snapshot", pack, e);
        }
    }

    private Optional<Outline> read(SnapshotId id) {
        try {
            return Optional.of(catalog.readOutline(id));
        } catch (CorruptSnapshotException | SnapshotNotFoundException | UnsupportedFormatException e) {
            return Optional.empty(); // Its own verification reports it.
        }
    }
}

package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.TakeListing;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the base of a take: the latest snapshot with the image's page size. A snapshot with a retirement marker is
 * not chosen, even if it is pinned, because a sweep removes it as soon as it is unpinned. Neither is a snapshot that
 * records a shorter grace period than that of the take, because a sweep may remove it before the take is over.
 */
final class BaseChoice {

    private static final Logger LOG = LoggerFactory.getLogger(BaseChoice.class);

    /** Upper limits of the encoded size of a layer and of a pack in a manifest. */
    private static final long LAYER_BYTES = 24;

    private static final long PACK_BYTES = 192;

    /** Maximum number of manifests that are read if some of them are damaged. */
    private static final int SNAPSHOTS = 3;

    private final SnapshotCatalog catalog;

    BaseChoice(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Chooses from the take's listing.
     *
     * @param marked snapshots with a retirement marker
     */
    Optional<Base> run(TakeListing listing, Set<SnapshotId> marked, int pageSize) {
        List<SnapshotInfo> allowed = listing.snapshots().snapshots().stream()
                .filter(snapshot -> !marked.contains(snapshot.id()))
                .filter(snapshot -> snapshot.image().pageSize() == pageSize)
                .toList();
        return SnapshotOrder.latestFirst(allowed).stream()
                .limit(SNAPSHOTS)
                .flatMap(snapshot -> read(snapshot).stream())
                .filter(base -> base.isKeptFor(listing.ordering().grace()))
                .findFirst();
    }

    /** Returns whether the next manifest might exceed the limit of its readers. A full take makes it small again. */
    private static boolean isTooLarge(Manifest manifest) {
        long layers = manifest.leaves().stream()
                .mapToLong(leaf -> leaf.layers().size())
                .sum();
        return LAYER_BYTES * layers + PACK_BYTES * manifest.packs().size() > ManifestCodec.MAX_BYTES / 2;
    }

    private Optional<Base> read(SnapshotInfo snapshot) {
        try {
            Manifest manifest = catalog.readChosen(snapshot.id());
            if (isTooLarge(manifest)) {
                return Optional.empty();
            }
            return Optional.of(new Base(snapshot, manifest, catalog.unusablePacks(manifest)));
        } catch (CorruptSnapshotException | SnapshotNotFoundException | UnsupportedFormatException e) {
            LOG.warn("Snapshot {} cannot be the base of a take: {}", snapshot.id(), e.getMessage());
            return Optional.empty();
        }
    }
}

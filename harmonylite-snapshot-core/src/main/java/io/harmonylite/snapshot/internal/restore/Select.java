package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import java.time.Instant;
import java.util.List;

/** Selects the snapshots that a request allows, in the order in which to try them. */
public final class Select {

    private final SnapshotCatalog catalog;

    public Select(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Returns the ids of the allowed snapshots, at least one.
     *
     * @throws SnapshotNotFoundException if there is none
     */
    public List<SnapshotId> run(RestoreRequest request) {
        if (request.id().isPresent()) {
            return List.of(request.id().get());
        }
        SnapshotListing listing = catalog.list();
        Instant limit = request.asOf().orElse(Instant.MAX);
        List<SnapshotInfo> allowed = listing.snapshots().stream()
                .filter(snapshot -> !snapshot.created().isAfter(limit))
                .toList();
        List<SnapshotId> ordered = SnapshotOrder.latestFirst(allowed).stream()
                .map(SnapshotInfo::id)
                .toList();
        if (ordered.isEmpty() || !request.isOlderAllowed()) {
            rejectUnreadable(listing, limit, ordered);
        }
        if (ordered.isEmpty()) {
            throw nothing(request);
        }
        return request.isOlderAllowed() ? ordered : ordered.subList(0, 1);
    }

    /**
     * Rejects an unreadable manifest whose id is later than that of the chosen snapshot, because it may belong to the
     * snapshot that was meant. The clocks behind ids only raise this doubt; they do not choose.
     */
    private static void rejectUnreadable(SnapshotListing listing, Instant limit, List<SnapshotId> ordered) {
        listing.unreadable().forEach((id, problem) -> {
            boolean early = !id.time().isAfter(limit);
            if (early && (ordered.isEmpty() || id.compareTo(ordered.get(0)) > 0)) {
                throw problem;
            }
        });
    }

    private SnapshotNotFoundException nothing(RestoreRequest request) {
        String when = request.asOf()
                .map(instant -> " created at " + instant + " or before")
                .orElse("");
        return new SnapshotNotFoundException(
                "there is no snapshot of " + catalog.layout().name() + when);
    }
}

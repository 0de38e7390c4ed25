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

/** Finds the snapshots a request allows, the one to try first in front. */
public final class Select {

    private final SnapshotCatalog catalog;

    public Select(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /** Never empty. */
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
            refuseUnreadable(listing, limit, ordered);
        }
        if (ordered.isEmpty()) {
            throw nothing(request);
        }
        return request.isOlderAllowed() ? ordered : ordered.subList(0, 1);
    }

    /**
     * A manifest that cannot be read may be that of the snapshot that is meant, where its id is later than that of the
     * one chosen. The clocks behind ids raise the doubt, and decide nothing.
     */
    private static void refuseUnreadable(SnapshotListing listing, Instant limit, List<SnapshotId> ordered) {
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

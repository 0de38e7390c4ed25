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
final class Select {

    private final SnapshotCatalog catalog;

    Select(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /** Never empty. */
    List<SnapshotId> run(RestoreRequest request) {
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
        if (ordered.isEmpty()) {
            throw nothing(request, listing);
        }
        return request.isOlderAllowed() ? ordered : ordered.subList(0, 1);
    }

    private SnapshotNotFoundException nothing(RestoreRequest request, SnapshotListing listing) {
        String when = request.asOf()
                .map(instant -> " created at " + instant + " or before")
                .orElse("");
        String damaged = listing.unreadable().isEmpty()
                ? ""
                : "; unreadable: " + listing.unreadable().keySet();
        return new SnapshotNotFoundException(
                "there is no snapshot of " + catalog.layout().name() + when + damaged);
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * The result of a prune or, for a dry run, what a prune would do. Immutable.
 *
 * @param isDryRun whether this was a dry run, which retires and removes nothing
 * @param retired snapshots that this prune retired
 * @param removed snapshots that were retired at least one grace period ago and that this prune removed
 * @param orphans number of packs removed that no snapshot had named
 * @param bytesFreed bytes that the removed objects occupied in the store
 * @param waiting snapshots that are retired but not yet removed, with the instant, by the store's clock, from which a
 *     prune removes them
 * @param bytesWaiting bytes that the removal of the waiting snapshots will free
 * @param damaged snapshots whose manifest can be read but that cannot be restored, with the cause. No rule counts them
 *     and they are left in place; retire them by id
 * @param unreadable manifests that cannot be read, with the cause. While there is one, nothing is retired by rule and
 *     nothing is removed, because the packs that it names are unknown. If it is too new, prune with a newer version; if
 *     it is damaged, retire it by id
 * @param doubts snapshots whose times cannot be right, with the reason; rules about age keep them. Also late snapshots:
 *     their takes stored the manifest too late, so that no rule counts them, and they are left in place
 * @param elapsed duration of the prune
 */
public record PruneReport(
        boolean isDryRun,
        List<SnapshotId> retired,
        List<SnapshotId> removed,
        int orphans,
        long bytesFreed,
        SortedMap<SnapshotId, Instant> waiting,
        long bytesWaiting,
        SortedMap<SnapshotId, SnapshotException> damaged,
        SortedMap<SnapshotId, SnapshotException> unreadable,
        SortedMap<SnapshotId, String> doubts,
        Duration elapsed) {

    /** Returns whether an unreadable manifest limited the prune to retiring the snapshot that was requested by id. */
    public boolean isStopped() {
        return !unreadable.isEmpty();
    }
}

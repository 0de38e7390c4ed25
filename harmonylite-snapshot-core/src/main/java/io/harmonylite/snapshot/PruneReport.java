package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * What a prune did, or, where it was a dry run, what it would do. Immutable.
 *
 * @param isDryRun whether nothing of it was done
 * @param retired snapshots that were taken out of use now
 * @param removed snapshots that were retired a grace period ago, or longer, and are gone now
 * @param orphans how many packs were removed that no snapshot had named before
 * @param bytesFreed what the removed objects occupied in the store
 * @param waiting snapshots that are retired and still there, and the instant, by the store's clock, from which on a prune
 *     removes them
 * @param bytesWaiting what will be freed with them
 * @param damaged snapshots that can be read but not restored, and why: they count for nothing and are left alone; retire
 *     them by id
 * @param unreadable manifests that cannot be read, and why. As long as there is one, nothing is retired by rule and
 *     nothing is removed, because it cannot be known what it names; prune with a newer version where it is too new, retire
 *     it by id where it is damaged
 * @param elapsed how long it took
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
        Duration elapsed) {

    /** Whether a manifest that cannot be read has kept it from doing anything but what was asked for by id. */
    public boolean isStopped() {
        return !unreadable.isEmpty();
    }
}

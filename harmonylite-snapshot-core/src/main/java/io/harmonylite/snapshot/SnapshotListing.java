package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.List;
import java.util.SortedMap;

/**
 * The snapshots of one name in a store at one moment. Immutable.
 *
 * @param snapshots readable snapshots, ordered by id; retired and late ones are left out
 * @param unreadable snapshots whose manifest is damaged or too new, with the cause
 * @param doubts snapshots whose times cannot be right, with the reason. They count, and rules about age keep them. Also
 *     late snapshots: their takes stored the manifest too late, so that they do not count
 */
public record SnapshotListing(
        List<SnapshotInfo> snapshots,
        SortedMap<SnapshotId, SnapshotException> unreadable,
        SortedMap<SnapshotId, String> doubts) {}

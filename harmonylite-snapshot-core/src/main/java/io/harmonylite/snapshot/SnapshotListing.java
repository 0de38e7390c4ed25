package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.List;
import java.util.SortedMap;

/**
 * The snapshots of one name in a store at one moment. Immutable.
 *
 * @param snapshots readable snapshots, ordered by id; retired ones are left out
 * @param unreadable snapshots whose manifest is damaged or too new, with the cause
 */
public record SnapshotListing(List<SnapshotInfo> snapshots, SortedMap<SnapshotId, SnapshotException> unreadable) {}

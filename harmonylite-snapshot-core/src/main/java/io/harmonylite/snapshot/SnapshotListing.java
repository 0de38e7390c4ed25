package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.List;
import java.util.SortedMap;

/**
 * The snapshots of one name in a store, at one moment. Immutable.
 *
 * @param snapshots those that can be read, ordered by id; retired ones are left out
 * @param unreadable those whose manifest is damaged or too new, and why
 */
public record SnapshotListing(List<SnapshotInfo> snapshots, SortedMap<SnapshotId, SnapshotException> unreadable) {}

package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.internal.format.Ordering;

/**
 * The listing with which a take begins: the place of the new snapshot among the others, none of which was retired.
 * Immutable.
 */
public record TakeListing(Ordering ordering, SnapshotListing snapshots) {}

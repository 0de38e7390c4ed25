package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.internal.format.Ordering;

/**
 * The listing with which a take begins. Immutable.
 *
 * @param ordering place of the new snapshot among those of the listing
 * @param snapshots the snapshots that count, none of which was retired when it was listed
 */
public record TakeListing(Ordering ordering, SnapshotListing snapshots) {}

/**
 * Leases, which decide which of several nodes takes a snapshot. A {@link io.harmonylite.snapshot.lease.SnapshotLease}
 * only avoids double work: two takes at once make two valid snapshots. No guarantee of this library depends on a lease.
 */
@NullMarked
package io.harmonylite.snapshot.lease;

import org.jspecify.annotations.NullMarked;

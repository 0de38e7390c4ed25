/**
 * Who takes, where several nodes could: {@link io.harmonylite.snapshot.lease.SnapshotLease} saves double work, and
 * nothing else. Two takers at once make two valid snapshots, so no promise of the library rests on a lease.
 */
@NullMarked
package io.harmonylite.snapshot.lease;

import org.jspecify.annotations.NullMarked;

/**
 * Verified snapshots of an SQLite database, with the stream positions of each.
 *
 * <p>{@link io.harmonylite.snapshot.SnapshotManager} takes snapshots of a live database and restores onto it. {@link
 * io.harmonylite.snapshot.SnapshotRepository} works without a live database: it lists, verifies and prunes snapshots,
 * and restores to a path. Both use a {@link io.harmonylite.snapshot.store.SnapshotStore} that the host provides and
 * that they never close. Failures are unchecked {@link io.harmonylite.snapshot.exception.SnapshotException}s.
 *
 * <p>Every call blocks until its work is done, and no work continues after it has returned. Do not call these classes
 * from inside a transaction on the same database.
 */
@NullMarked
package io.harmonylite.snapshot;

import org.jspecify.annotations.NullMarked;

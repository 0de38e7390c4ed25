/**
 * Verified snapshots of an SQLite database, and the stream positions they stand for.
 *
 * <p>{@link io.harmonylite.snapshot.SnapshotManager} takes snapshots of a live database and restores onto it;
 * {@link io.harmonylite.snapshot.SnapshotRepository} is the half without a live database: it lists, verifies and restores
 * to a path. Both work on a {@link io.harmonylite.snapshot.store.SnapshotStore} that the host gives them and that they
 * never close. What goes wrong is an unchecked {@link io.harmonylite.snapshot.exception.SnapshotException}.
 *
 * <p>Everything blocks until it is done, and nothing runs on after a call has returned. Nothing here may be called from
 * inside a transaction on the same database.
 */
@NullMarked
package io.harmonylite.snapshot;

import org.jspecify.annotations.NullMarked;

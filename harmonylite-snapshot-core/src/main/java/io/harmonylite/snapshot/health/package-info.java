/**
 * Health of snapshots, streams and nodes. {@link io.harmonylite.snapshot.health.SnapshotHealth} is a pure function of
 * {@link io.harmonylite.snapshot.health.HealthFacts} and a {@link io.harmonylite.snapshot.health.HealthPolicy}; it does
 * no I/O. {@code SnapshotManager.health} gathers the facts. A store or stream that cannot be reached is a fact too.
 */
@NullMarked
package io.harmonylite.snapshot.health;

import org.jspecify.annotations.NullMarked;

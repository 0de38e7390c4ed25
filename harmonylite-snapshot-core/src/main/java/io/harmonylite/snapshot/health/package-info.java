/**
 * Whether all is well: {@link io.harmonylite.snapshot.health.SnapshotHealth} is a pure function of {@link
 * io.harmonylite.snapshot.health.HealthFacts} and a {@link io.harmonylite.snapshot.health.HealthPolicy}. It reads nothing and
 * changes nothing. {@code SnapshotManager.health} gathers the facts; what cannot be reached is a fact too.
 */
@NullMarked
package io.harmonylite.snapshot.health;

import org.jspecify.annotations.NullMarked;

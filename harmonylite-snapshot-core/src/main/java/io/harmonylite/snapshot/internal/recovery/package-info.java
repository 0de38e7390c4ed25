/**
 * Implements recovery: gathers the facts, lets {@link io.harmonylite.snapshot.recovery.RecoveryPlan} decide, carries
 * the plan out, and sets the sequence map to the positions of the database. First the map is reconciled with the
 * database, in case a restore replaced the database alone.
 */
@NullMarked
package io.harmonylite.snapshot.internal.recovery;

import org.jspecify.annotations.NullMarked;

/**
 * Recovering: gathers what there is to know, lets {@link io.harmonylite.snapshot.recovery.RecoveryPlan} decide, acts, and
 * leaves the sequence map at what the database holds. Before anything else the map is reconciled with the database, where
 * a restore replaced that one without the other.
 */
@NullMarked
package io.harmonylite.snapshot.internal.recovery;

import org.jspecify.annotations.NullMarked;

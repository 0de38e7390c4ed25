/**
 * Copies snapshots to another store: packs that the target lacks, then the manifest. Ids, generations, times and pins
 * stay; proofs do not, because a proof says that a snapshot was restored from its own store.
 *
 * <p>The target may be pruned, and be the target of takes and other copies, at the same time. A copy is safe there as a
 * take is: its manifest is stored within half a grace period after it listed the target, or counts for no reader. The
 * manifest therefore records the listing of the copy and not that of the take. In addition to its own packs a copy relies
 * on packs that the target has,
 *
 * <ul>
 *   <li>if a snapshot there needs them that could be the base of a take. Its marker is written after the listing, so its
 *       packs are removed a grace period after the listing at the earliest, by a sweep that reads the copy's manifest;
 *   <li>or if they are younger than half the grace period at the listing, for the same reason.
 * </ul>
 *
 * <p>A copy may store an object under a name that was used and removed before. So a sweep lists the objects that it
 * removes once more, and keeps those that were stored again since its survey.
 */
@NullMarked
package io.harmonylite.snapshot.internal.copy;

import org.jspecify.annotations.NullMarked;

/**
 * Retires snapshots and frees their space. Two decisions are pure functions of a {@link
 * io.harmonylite.snapshot.internal.prune.Survey}: which snapshots retention does not keep, and which objects are no
 * longer needed. The following faults are excluded, whichever takes, restores and prunes run concurrently:
 *
 * <ul>
 *   <li><b>A pack is removed although a snapshot names it.</b> A pack is removed only if it was a grace period old
 *       <em>before</em> the manifests were read and none of them names it. A confirmed take wrote its manifest, by the
 *       store's clock, within half a grace period after it listed the store. So the manifest existed when the manifests were
 *       read, however long the sweep was paused since. A take whose manifest is later is not confirmed: it retires what
 *       it wrote.
 *   <li><b>A pack is removed while a restore reads it.</b> A pack is removed a grace period after its last snapshot was
 *       retired.
 *   <li><b>Every snapshot is retired.</b> The snapshot of the highest generation is never retired. All prunes see the
 *       same order, so concurrent prunes leave at least the last snapshot of all. A late snapshot, which its own take
 *       may still retire, never counts.
 *   <li><b>A pinned snapshot is removed.</b> A pin takes precedence over a marker, whichever was written first.
 *   <li><b>A retired snapshot reappears.</b> Its marker is removed after its manifest. Markers are listed before
 *       manifests, so a marker without a manifest is recognised.
 *   <li><b>Snapshots on which a trim was based are removed.</b> Retention never retires the latest two proven
 *       snapshots.
 * </ul>
 */
@NullMarked
package io.harmonylite.snapshot.internal.prune;

import org.jspecify.annotations.NullMarked;

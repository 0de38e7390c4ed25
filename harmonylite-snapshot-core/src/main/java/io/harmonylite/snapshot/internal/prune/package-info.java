/**
 * Taking snapshots out of use and giving their space back. Two decisions are pure functions of what a {@link
 * io.harmonylite.snapshot.internal.prune.Survey} found: which snapshots retention does not keep, and which objects nobody
 * needs any more. What must not happen, whoever takes, restores and prunes at once, and why it cannot:
 *
 * <ul>
 *   <li><b>A pack goes that a snapshot names.</b> A pack goes only where it was a grace period old <em>before</em> the
 *       manifests were read that do not name it. A take that is confirmed wrote its manifest, by the store's clock, within
 *       half a grace period of its oldest pack, so that the manifest was there to be read; however long the sweep was
 *       paused since. A take whose manifest comes later is not confirmed: it retires what it wrote.
 *   <li><b>A pack goes that a restore still reads.</b> It goes a grace period after its last snapshot was retired.
 *   <li><b>Every snapshot is retired.</b> The one that was stored last is never retired; that order is the same in
 *       everybody's eyes, so that of several prunes each leaves at least the last one of all. One that its own take may
 *       still retire, because it came late, counts for nothing until a grace period has passed.
 *   <li><b>A pinned snapshot goes.</b> A pin wins over a marker, so it does not matter which of both was written first.
 *   <li><b>A retired snapshot comes back.</b> Its marker goes after its manifest. A marker without manifest is known as
 *       such because markers are listed before manifests.
 *   <li><b>Streams were trimmed by snapshots that go.</b> The latest two that were proven are never retired by rule.
 * </ul>
 */
@NullMarked
package io.harmonylite.snapshot.internal.prune;

import org.jspecify.annotations.NullMarked;

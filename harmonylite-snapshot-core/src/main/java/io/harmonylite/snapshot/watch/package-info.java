/**
 * Watching: when a snapshot is due, and what a manager's loop has done about it.
 *
 * <p>{@link io.harmonylite.snapshot.watch.Trigger} is the whole decision whether a take is due, a pure function of an
 * {@link io.harmonylite.snapshot.watch.Observation}: the states of the streams, this node's positions, the newest
 * snapshot, and the time. It reads nothing and changes nothing. {@link io.harmonylite.snapshot.watch.Headroom} says how
 * long the newest snapshot will still cover a stream.
 *
 * <p>{@code SnapshotManager.start} runs the loop as {@link io.harmonylite.snapshot.watch.WatchOptions} says. What it did is
 * told by {@link io.harmonylite.snapshot.watch.WatchReport}s, to a {@link io.harmonylite.snapshot.watch.WatchListener} as
 * they come, and as {@link io.harmonylite.snapshot.watch.WatchStatus} to whoever asks. A check that finds a take due ends in
 * one of these:
 *
 * <table>
 * <caption>Outcomes of a check</caption>
 * <tr><td>{@code DONE}</td><td>a snapshot was taken</td></tr>
 * <tr><td>{@code UNCHANGED}</td><td>there is a snapshot of the same image at the same positions; nothing was uploaded</td></tr>
 * <tr><td>{@code BEHIND}</td><td>the newest snapshot is ahead of this node, which must not replace it</td></tr>
 * <tr><td>{@code BUSY}</td><td>another take or restore of this manager runs, or another node holds the lease</td></tr>
 * <tr><td>{@code FAILED}</td><td>the take failed; the next check waits longer with each failure</td></tr>
 * <tr><td>{@code STOPPED}</td><td>the manager was closed meanwhile</td></tr>
 * </table>
 */
@NullMarked
package io.harmonylite.snapshot.watch;

import org.jspecify.annotations.NullMarked;

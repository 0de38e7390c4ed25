/**
 * Watch loop: decides when a snapshot is due, and reports what the loop did.
 *
 * <p>{@link io.harmonylite.snapshot.watch.Trigger} decides whether a take is due. It is a pure function of an {@link
 * io.harmonylite.snapshot.watch.TriggerInput}: the states of the streams, this node's positions, the newest snapshot,
 * and the time. {@link io.harmonylite.snapshot.watch.Headroom} measures how long the newest snapshot will still cover a
 * stream.
 *
 * <p>{@code SnapshotManager.start} runs the loop with its {@link io.harmonylite.snapshot.watch.WatchOptions}. Each run
 * sends a {@link io.harmonylite.snapshot.watch.WatchReport} to the {@link io.harmonylite.snapshot.watch.WatchListener}.
 * The {@link io.harmonylite.snapshot.watch.WatchStatus} can be read at any time. A check that finds a take due has one
 * of these outcomes:
 *
 * <table>
 * <caption>Outcomes of a check</caption>
 * <tr><td>{@code DONE}</td><td>a snapshot was taken</td></tr>
 * <tr><td>{@code UNCHANGED}</td><td>a snapshot of the same image at the same positions exists; nothing was
 * uploaded</td></tr>
 * <tr><td>{@code BEHIND}</td><td>the newest snapshot is ahead of this node, which must not replace it</td></tr>
 * <tr><td>{@code BUSY}</td><td>another take or restore of this manager is running, or another node holds the
 * lease</td></tr>
 * <tr><td>{@code FAILED}</td><td>the take failed; the wait before the next check grows with each failure</td></tr>
 * <tr><td>{@code STOPPED}</td><td>the manager was closed during the take</td></tr>
 * </table>
 */
@NullMarked
package io.harmonylite.snapshot.watch;

import org.jspecify.annotations.NullMarked;

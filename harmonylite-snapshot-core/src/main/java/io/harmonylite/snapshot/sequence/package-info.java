/**
 * The durable record of how far each stream was applied: {@link io.harmonylite.snapshot.sequence.SequenceMap}, in a
 * file next to the database ({@link io.harmonylite.snapshot.sequence.FileSequenceMap}) or in the database itself ({@link
 * io.harmonylite.snapshot.sequence.TableSequenceMap}).
 *
 * <p>Both keep for each stream:
 *
 * <ul>
 *   <li><b>Position</b>: the sequence up to which <em>every</em> message was counted, with the message's timestamp and
 *       the stream's creation time if they are known. It never moves past a hole. Only a restore or a decision of
 *       recovery moves it back. A stream in which nothing was counted has no position; its first message is number 1.
 *   <li><b>Ahead ranges</b>: sequences that need no applying although something before them still does: a node's own
 *       publications, and sequences that hold no message. A stream has at most
 *       {@value io.harmonylite.snapshot.sequence.SequenceMap#MAX_AHEAD_RANGES}. A range joins the position once
 *       everything before it was counted.
 * </ul>
 *
 * <p>A message is named by its stream and a {@link io.harmonylite.snapshot.StreamPosition}. Give timestamp and creation
 * time if they are known: they distinguish a stream from another of the same name.
 *
 * <table>
 * <caption>The effect of a count</caption>
 * <tr><th>sequence</th><th>applied</th><th>published, skipped</th></tr>
 * <tr><td>0, negative, backward range</td><td colspan="2">{@link java.lang.IllegalArgumentException}</td></tr>
 * <tr><td>counted before</td><td colspan="2">none; returns false</td></tr>
 * <tr><td>the next one</td><td colspan="2">position moves, through ranges that follow</td></tr>
 * <tr><td>behind a hole</td><td>{@link io.harmonylite.snapshot.exception.OutOfSequenceException}</td><td>kept as ahead
 * range</td></tr>
 * <tr><td>of a stream with another creation time, or the position's own sequence with another timestamp</td><td
 * colspan="2">{@link io.harmonylite.snapshot.exception.OutOfSequenceException}</td></tr>
 * </table>
 *
 * <p>An exception means that nothing was counted, unless its documentation says otherwise. A map is never ahead of the
 * counts that it received. It may be behind them, and then messages are applied again.
 */
@NullMarked
package io.harmonylite.snapshot.sequence;

import org.jspecify.annotations.NullMarked;

/**
 * The durable record of how far each stream was applied: {@link io.harmonylite.snapshot.sequence.SequenceMap}, in a file
 * beside the database ({@link io.harmonylite.snapshot.sequence.FileSequenceMap}) or in the database itself
 * ({@link io.harmonylite.snapshot.sequence.TableSequenceMap}).
 *
 * <p>What both keep, for each stream:
 *
 * <ul>
 *   <li><b>Position</b>: the sequence up to which <em>every</em> message was counted, with the message's timestamp and the
 *       stream's creation time where they are known. It never moves past a hole, and never back except by a restore or a
 *       decision of recovery. A stream of which nothing was counted has none; its first message is number 1.
 *   <li><b>Ahead ranges</b>: what is known to need no applying although something before it still does: a node's own
 *       publications, sequences that hold no message. At most
 *       {@value io.harmonylite.snapshot.sequence.SequenceMap#MAX_AHEAD_RANGES} ranges a stream. They join the position once
 *       everything before them was counted.
 * </ul>
 *
 * <p>A message is named by its stream and a {@link io.harmonylite.snapshot.StreamPosition}: give timestamp and creation
 * time where they are known, since they are what tells a stream from another of the same name. What is counted, and what
 * is not:
 *
 * <table>
 * <caption>What a count does</caption>
 * <tr><th>sequence</th><th>applied</th><th>published, skipped</th></tr>
 * <tr><td>0, negative, backward range</td><td colspan="2">{@link java.lang.IllegalArgumentException}</td></tr>
 * <tr><td>counted before</td><td colspan="2">nothing; the answer is false</td></tr>
 * <tr><td>the next one</td><td colspan="2">position moves, through ranges that follow</td></tr>
 * <tr><td>behind a hole</td><td>{@link io.harmonylite.snapshot.exception.OutOfSequenceException}</td><td>kept as ahead
 * range</td></tr>
 * <tr><td>of a stream with another creation time, or the position's own sequence with another timestamp</td><td
 * colspan="2">{@link io.harmonylite.snapshot.exception.OutOfSequenceException}</td></tr>
 * </table>
 *
 * <p>An exception means that nothing was counted, unless it says otherwise. Whatever happens, a map is never ahead of
 * what it was told; what it may be is behind, and then messages are applied again.
 */
@NullMarked
package io.harmonylite.snapshot.sequence;

import org.jspecify.annotations.NullMarked;

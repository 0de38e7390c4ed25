/**
 * Removing what snapshots have made superfluous: old messages of streams, and published rows of change logs. Off unless the
 * host gives a {@link io.harmonylite.snapshot.trim.TrimPolicy}.
 *
 * <p>A message goes only where nobody can need it any more:
 *
 * <ul>
 *   <li><b>The latest two snapshots that were proven hold it</b>, both of them: each was rebuilt and checked completely, each
 *       covers every stream, each says by its creation time that it means the stream that is there now. With fewer than two
 *       nothing goes. Pruning keeps these two, whatever retention says.
 *   <li><b>This node has applied it</b>, where there is a node.
 *   <li><b>Every other node has applied it</b>, as the host's {@link io.harmonylite.snapshot.trim.MemberPositions} says. Where
 *       that does not know, nothing of the stream goes.
 *   <li><b>It is older than the margins</b> of the policy, in messages and in age.
 * </ul>
 *
 * <p>The last message that all of these allow to go stays too: its timestamp is what proves to a node that stands there, or
 * is restored there, that the stream is the same one.
 */
@NullMarked
package io.harmonylite.snapshot.trim;

import org.jspecify.annotations.NullMarked;

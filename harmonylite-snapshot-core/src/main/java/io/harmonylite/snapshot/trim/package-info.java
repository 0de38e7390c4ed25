/**
 * Trimming: removes old messages of streams and published rows of change logs that snapshots have made unnecessary. Off
 * unless the host provides a {@link io.harmonylite.snapshot.trim.TrimPolicy}.
 *
 * <p>A message is removed only if no node can need it:
 *
 * <ul>
 *   <li><b>The latest two proven snapshots contain it.</b> Each was rebuilt and checked completely, covers every
 *       stream, and names the creation time of the current stream. With fewer than two, nothing is removed. Pruning
 *       keeps these two, whatever the retention policy.
 *   <li><b>This node has applied it</b>, if there is a node.
 *   <li><b>Every other node has applied it</b>, according to the host's {@link
 *       io.harmonylite.snapshot.trim.MemberPositions}. If their positions are unknown, nothing of the stream is
 *       removed.
 *   <li><b>It is older than the margins</b> of the policy, in messages and in age.
 * </ul>
 *
 * <p>The last message that all of these allow to be removed is kept too. Its timestamp proves the identity of the
 * stream to a node at that position, or to one restored to it.
 */
@NullMarked
package io.harmonylite.snapshot.trim;

import org.jspecify.annotations.NullMarked;

/**
 * The node that a manager works on. {@link io.harmonylite.snapshot.internal.node.LiveNode} holds its database, sequence
 * map and pending changes, and admits one operation at a time. {@link io.harmonylite.snapshot.internal.node.NodeTakes}
 * takes snapshots of it.
 */
@NullMarked
package io.harmonylite.snapshot.internal.node;

import org.jspecify.annotations.NullMarked;

/**
 * The node that a manager stands for: {@link io.harmonylite.snapshot.internal.node.LiveNode} is its database with the map
 * and the changes that belong to it, and lets one operation at a time work there;
 * {@link io.harmonylite.snapshot.internal.node.NodeTakes} takes from it.
 */
@NullMarked
package io.harmonylite.snapshot.internal.node;

import org.jspecify.annotations.NullMarked;

/**
 * The node of a manager. {@link io.harmonylite.snapshot.internal.node.LiveNode} is its database with its sequence map
 * and pending changes, and allows one operation at a
 * time.
 */
@NullMarked
package io.harmonylite.snapshot.internal.node;

import org.jspecify.annotations.NullMarked;

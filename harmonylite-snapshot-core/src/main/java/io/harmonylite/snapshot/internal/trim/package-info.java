/** Removing what snapshots have made superfluous. How far is a pure function of what was gathered before. */
@NullMarked
package io.harmonylite.snapshot.internal.trim;

import org.jspecify.annotations.NullMarked;

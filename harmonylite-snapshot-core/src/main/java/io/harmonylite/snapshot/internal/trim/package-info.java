/** Implements trimming. How far to trim is decided by a pure function of facts gathered before. */
@NullMarked
package io.harmonylite.snapshot.internal.trim;

import org.jspecify.annotations.NullMarked;

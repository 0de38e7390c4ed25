/** A node that joins late, and one that was away for too long: {@link io.harmonylite.snapshot.examples.late.LateJoiner}. */
@NullMarked
package io.harmonylite.snapshot.examples.late;

import org.jspecify.annotations.NullMarked;

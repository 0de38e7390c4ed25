/** A node that joins late, and one that was stopped for too long: {@link LateJoiner}. */
@NullMarked
package io.harmonylite.snapshot.examples.late;

import org.jspecify.annotations.NullMarked;

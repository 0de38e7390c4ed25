/** How the rest of the library reads, captures and sets a {@link io.harmonylite.snapshot.sequence.SequenceMap}. */
@NullMarked
package io.harmonylite.snapshot.internal.sequence;

import org.jspecify.annotations.NullMarked;

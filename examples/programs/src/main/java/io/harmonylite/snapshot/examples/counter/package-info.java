/** A counter that nodes replicate through a stream, with both kinds of sequence map. */
@NullMarked
package io.harmonylite.snapshot.examples.counter;

import org.jspecify.annotations.NullMarked;

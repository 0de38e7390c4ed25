/** A counter that several nodes keep in step through a stream, by both kinds of sequence map. */
@NullMarked
package io.harmonylite.snapshot.examples.counter;

import org.jspecify.annotations.NullMarked;

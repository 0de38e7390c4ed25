/** Runnable examples. */
@NullMarked
package io.harmonylite.snapshot.examples;

import org.jspecify.annotations.NullMarked;

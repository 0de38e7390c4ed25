/**
 * How anybody outside sees what the library does: an event of the JDK's flight recorder and one log line for each operation,
 * an event for each stage. Names of events start with {@code io.harmonylite.snapshot.}; without a recording they cost
 * nothing that can be measured.
 */
@NullMarked
package io.harmonylite.snapshot.internal.observation;

import org.jspecify.annotations.NullMarked;

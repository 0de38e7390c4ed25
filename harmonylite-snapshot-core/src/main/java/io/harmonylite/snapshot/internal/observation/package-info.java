/**
 * Makes operations observable from outside: a flight-recorder event and a log line for each operation, and an event for
 * each stage. Names of events start with {@code io.harmonylite.snapshot.}. Without a recording their cost cannot be
 * measured.
 */
@NullMarked
package io.harmonylite.snapshot.internal.observation;

import org.jspecify.annotations.NullMarked;

/**
 * Reports what the library does: a flight recorder event and a log line for each operation, and an event for each
 * stage. Event names start with {@code io.harmonylite.snapshot.}. Without a recording, events have no measurable cost.
 */
@NullMarked
package io.harmonylite.snapshot.internal.observation;

import org.jspecify.annotations.NullMarked;

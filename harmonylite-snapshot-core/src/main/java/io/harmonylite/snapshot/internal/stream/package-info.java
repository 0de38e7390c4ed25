/**
 * Reads the states of streams and the timestamps of their messages, for recovery, takes, trims and health, and translates
 * their errors.
 */
@NullMarked
package io.harmonylite.snapshot.internal.stream;

import org.jspecify.annotations.NullMarked;

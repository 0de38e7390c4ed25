/**
 * Bounded parallel work inside one call: nothing runs on after the call has returned. The shapes of work that may throw
 * an {@link java.io.IOException}.
 */
@NullMarked
package io.harmonylite.snapshot.internal.concurrent;

import org.jspecify.annotations.NullMarked;

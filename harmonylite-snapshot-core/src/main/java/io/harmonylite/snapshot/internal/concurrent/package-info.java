/** Bounded parallel work within a single call. No task runs on after the call has returned. */
@NullMarked
package io.harmonylite.snapshot.internal.concurrent;

import org.jspecify.annotations.NullMarked;

/** Bounded parallel work inside one call: nothing runs on after the call has returned. */
@NullMarked
package io.harmonylite.snapshot.internal.concurrent;

import org.jspecify.annotations.NullMarked;

package io.harmonylite.snapshot.internal.concurrent;

import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import org.jspecify.annotations.Nullable;

/** Ends work whose thread was interrupted, and keeps the interrupt flag. */
public final class Interruption {

    private Interruption() {}

    /** Throws where the current thread is interrupted. */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
    }

    /** The exception for an interrupt that was noticed, with the flag set again. */
    public static SnapshotInterruptedException interrupted(@Nullable Throwable cause) {
        Thread.currentThread().interrupt();
        return new SnapshotInterruptedException("interrupted before it was done; nothing was changed", cause);
    }
}

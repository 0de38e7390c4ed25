package io.harmonylite.snapshot.internal.concurrent;

import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import org.jspecify.annotations.Nullable;

/** Ends work of an interrupted thread, and keeps the interrupt flag. */
public final class Interruption {

    private Interruption() {}

    /** Throws if the current thread is interrupted. */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
    }

    /** Returns the exception for an interrupt, and sets the interrupt flag again. */
    public static SnapshotInterruptedException interrupted(@Nullable Throwable cause) {
        Thread.currentThread().interrupt();
        return new SnapshotInterruptedException("interrupted before completion; nothing was changed", cause);
    }
}

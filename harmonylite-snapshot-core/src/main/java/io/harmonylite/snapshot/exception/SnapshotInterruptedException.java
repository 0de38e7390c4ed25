package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The thread was interrupted; its interrupt flag is kept. Nothing was committed or installed. */
public class SnapshotInterruptedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public SnapshotInterruptedException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public SnapshotInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

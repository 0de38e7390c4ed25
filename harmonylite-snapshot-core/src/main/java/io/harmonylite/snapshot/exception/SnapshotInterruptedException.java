package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if the thread was interrupted; its interrupt flag is kept. Nothing was committed or installed. */
public class SnapshotInterruptedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public SnapshotInterruptedException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public SnapshotInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

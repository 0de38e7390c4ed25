package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if another take, restore or recovery of the same database is running. Wait until it is done. */
public class SnapshotInProgressException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public SnapshotInProgressException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public SnapshotInProgressException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

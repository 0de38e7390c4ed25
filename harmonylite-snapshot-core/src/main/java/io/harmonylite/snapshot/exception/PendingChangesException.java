package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the database holds pending changes, or messages beyond a position that other nodes have yet to send.
 * Publish them, wait, or choose how the operation treats them.
 */
public class PendingChangesException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public PendingChangesException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public PendingChangesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

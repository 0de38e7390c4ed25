package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if there is not enough space on disk or in the store. The message says where, and how much is needed. */
public class InsufficientSpaceException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public InsufficientSpaceException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public InsufficientSpaceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** There is too little space, on disk or in the store. The message says where and how much is needed. */
public class InsufficientSpaceException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public InsufficientSpaceException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public InsufficientSpaceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

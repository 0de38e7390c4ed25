package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if the store cannot be reached, or did not answer in time. Try again later. */
public class StoreUnavailableException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public StoreUnavailableException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The store cannot be reached, or did not answer in time. Try again later. */
public class StoreUnavailableException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public StoreUnavailableException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

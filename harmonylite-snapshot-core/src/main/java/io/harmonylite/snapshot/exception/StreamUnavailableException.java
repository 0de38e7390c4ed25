package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The streams' server cannot be reached, or does not answer in time. Try again. */
public class StreamUnavailableException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public StreamUnavailableException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public StreamUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

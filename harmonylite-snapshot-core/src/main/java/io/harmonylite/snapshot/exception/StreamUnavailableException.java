package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if the server of the streams cannot be reached, or did not answer in time. Try again later. */
public class StreamUnavailableException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public StreamUnavailableException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public StreamUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

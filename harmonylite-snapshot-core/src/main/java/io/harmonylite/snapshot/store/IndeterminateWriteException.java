package io.harmonylite.snapshot.store;

import java.io.IOException;

/**
 * Thrown if the outcome of a write is unknown: the object may exist, may not exist, or may still appear. Read it, or
 * repeat the put, to find out.
 */
public class IndeterminateWriteException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public IndeterminateWriteException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public IndeterminateWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.store;

import java.io.IOException;

/** The object may have been stored or not, or may still appear. Look, or repeat the put, to find out. */
public class IndeterminateWriteException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public IndeterminateWriteException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public IndeterminateWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}

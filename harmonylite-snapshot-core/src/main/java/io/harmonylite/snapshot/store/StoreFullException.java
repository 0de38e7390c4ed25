package io.harmonylite.snapshot.store;

import java.io.IOException;

/**
 * Thrown if the store has no space for the object. Nothing of the object is visible. Free space or raise the quota,
 * then repeat.
 */
public class StoreFullException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public StoreFullException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}

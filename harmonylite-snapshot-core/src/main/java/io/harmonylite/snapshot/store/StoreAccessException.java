package io.harmonylite.snapshot.store;

import java.io.IOException;

/**
 * Thrown if the store rejects the request: credentials, permissions, or a missing capability. Correct the
 * configuration; repeating does not help.
 */
public class StoreAccessException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public StoreAccessException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public StoreAccessException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.store;

import java.io.IOException;

/**
 * Thrown if an object exists but its bytes are not those that were stored. Repeating does not help; choose another
 * object.
 */
public class DamagedObjectException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public DamagedObjectException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public DamagedObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}

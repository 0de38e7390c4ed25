package io.harmonylite.snapshot.store;

import java.io.IOException;

/** An object is there, but its bytes are not those that were stored. Repeating does not help; choose another. */
public class DamagedObjectException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public DamagedObjectException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public DamagedObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}

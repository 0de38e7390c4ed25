package io.harmonylite.snapshot.store;

import java.io.IOException;

/** Thrown if there is no object of that name. The container exists and can be read; use another object. */
public class NoSuchObjectException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public NoSuchObjectException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public NoSuchObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}

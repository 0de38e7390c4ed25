package io.harmonylite.snapshot.store;

import java.io.IOException;

/** Thrown if the name is taken. The existing object is untouched. Use another name, or read the existing object. */
public class ObjectExistsException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public ObjectExistsException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public ObjectExistsException(String message, Throwable cause) {
        super(message, cause);
    }
}

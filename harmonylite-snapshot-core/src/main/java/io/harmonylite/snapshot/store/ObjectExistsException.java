package io.harmonylite.snapshot.store;

import java.io.IOException;

/** The name is taken, and the object that has it is untouched. Use another name, or read what is there. */
public class ObjectExistsException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public ObjectExistsException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public ObjectExistsException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.store;

import java.io.IOException;

/** There is no object of that name. The container is there and can be read; look for another object. */
public class NoSuchObjectException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public NoSuchObjectException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public NoSuchObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}

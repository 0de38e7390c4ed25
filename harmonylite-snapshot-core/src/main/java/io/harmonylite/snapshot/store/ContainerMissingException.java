package io.harmonylite.snapshot.store;

import java.io.IOException;

/** Thrown if the bucket or directory that holds the objects does not exist. Create it or correct its name. */
public class ContainerMissingException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the object or location. */
    public ContainerMissingException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names the object or location, and a cause. */
    public ContainerMissingException(String message, Throwable cause) {
        super(message, cause);
    }
}

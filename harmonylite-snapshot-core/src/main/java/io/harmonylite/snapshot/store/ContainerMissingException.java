package io.harmonylite.snapshot.store;

import java.io.IOException;

/** The bucket or directory that holds the objects does not exist. Create it or correct its name. */
public class ContainerMissingException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public ContainerMissingException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public ContainerMissingException(String message, Throwable cause) {
        super(message, cause);
    }
}

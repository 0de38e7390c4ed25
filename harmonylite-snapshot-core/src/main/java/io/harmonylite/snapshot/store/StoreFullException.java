package io.harmonylite.snapshot.store;

import java.io.IOException;

/** The store has no room for the object, and nothing of it is visible. Free space or raise the quota, then repeat. */
public class StoreFullException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public StoreFullException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.store;

import java.io.IOException;

/** The store refuses: credentials, permissions, or a property it lacks. Change the set-up; repeating does not help. */
public class StoreAccessException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what happened to which object or place. */
    public StoreAccessException(String message) {
        super(message);
    }

    /** Says what happened to which object or place, and why. */
    public StoreAccessException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** There is no database at the path. Look at the path; it is never created by this library. */
public class DatabaseNotFoundException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public DatabaseNotFoundException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public DatabaseNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

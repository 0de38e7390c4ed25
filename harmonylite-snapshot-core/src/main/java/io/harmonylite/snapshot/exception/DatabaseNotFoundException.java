package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if there is no database at the path. Check the path; this library never creates the database. */
public class DatabaseNotFoundException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public DatabaseNotFoundException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public DatabaseNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

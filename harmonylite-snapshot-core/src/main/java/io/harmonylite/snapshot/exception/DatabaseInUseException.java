package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if other connections have the database open or locked. Close them, or wait, and try again. */
public class DatabaseInUseException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public DatabaseInUseException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public DatabaseInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Others have the database open or locked. Close their connections, or wait, and try again. */
public class DatabaseInUseException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public DatabaseInUseException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public DatabaseInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

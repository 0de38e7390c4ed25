package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The file is damaged, empty, encrypted or no SQLite database. Look at the path and the file. */
public class DatabaseDamagedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public DatabaseDamagedException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public DatabaseDamagedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if the file is damaged, empty, encrypted or not an SQLite database. Check the path and the file. */
public class DatabaseDamagedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public DatabaseDamagedException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public DatabaseDamagedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if there is no such snapshot. List the snapshots, and choose another one. */
public class SnapshotNotFoundException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public SnapshotNotFoundException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public SnapshotNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** There is no such snapshot. List what there is, and choose another. */
public class SnapshotNotFoundException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public SnapshotNotFoundException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public SnapshotNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

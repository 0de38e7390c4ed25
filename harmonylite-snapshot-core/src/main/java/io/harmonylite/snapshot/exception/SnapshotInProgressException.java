package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** This manager takes or restores already. Wait until it is done. */
public class SnapshotInProgressException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public SnapshotInProgressException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public SnapshotInProgressException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

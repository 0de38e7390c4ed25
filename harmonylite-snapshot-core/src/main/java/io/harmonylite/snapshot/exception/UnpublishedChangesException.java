package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * The database holds changes that this node has not published yet, or messages beyond a position that others still have to
 * send. Publish them, wait, or say what should become of them.
 */
public class UnpublishedChangesException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public UnpublishedChangesException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public UnpublishedChangesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** What the store holds is not what was stored: a digest, a length or a form is wrong. Choose another snapshot. */
public class CorruptSnapshotException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public CorruptSnapshotException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public CorruptSnapshotException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the store returns other data than was stored: a digest, a length or a format is wrong. Choose another
 * snapshot.
 */
public class CorruptSnapshotException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public CorruptSnapshotException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public CorruptSnapshotException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

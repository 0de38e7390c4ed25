package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a restore is replacing the data, or has replaced it since the call began. Nothing was counted. Start again
 * from the positions of the map.
 */
public class ConcurrentRestoreException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public ConcurrentRestoreException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public ConcurrentRestoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if the snapshot was written by a newer version of this library. Upgrade to read it. */
public class UnsupportedFormatException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public UnsupportedFormatException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public UnsupportedFormatException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

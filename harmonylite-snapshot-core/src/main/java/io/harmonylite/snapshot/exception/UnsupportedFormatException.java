package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The snapshot was written by a newer version of this library. Upgrade to read it. */
public class UnsupportedFormatException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public UnsupportedFormatException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public UnsupportedFormatException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

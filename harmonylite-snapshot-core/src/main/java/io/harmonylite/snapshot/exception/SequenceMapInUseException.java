package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Another map, in this process or another, has the file open. Close that one first. */
public class SequenceMapInUseException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public SequenceMapInUseException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public SequenceMapInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

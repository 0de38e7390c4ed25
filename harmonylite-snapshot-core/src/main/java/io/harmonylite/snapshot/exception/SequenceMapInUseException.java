package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** Thrown if another map, in this process or another, has the file open. Close that map first. */
public class SequenceMapInUseException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public SequenceMapInUseException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public SequenceMapInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

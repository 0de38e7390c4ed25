package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a message is not the next one of its stream: messages before it are missing, or it belongs to another
 * stream of the same name. Nothing was counted. Find the cause before you continue: the state of the stream shows a gap
 * or a reset.
 */
public class OutOfSequenceException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public OutOfSequenceException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public OutOfSequenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

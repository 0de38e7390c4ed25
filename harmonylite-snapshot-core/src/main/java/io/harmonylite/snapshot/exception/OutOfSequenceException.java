package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * A message is not the next of its stream: there is a hole before it, or the stream is another one of the same name. Nothing
 * was counted. Find out what happened before going on: the stream's state tells a gap from a reset.
 */
public class OutOfSequenceException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public OutOfSequenceException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public OutOfSequenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

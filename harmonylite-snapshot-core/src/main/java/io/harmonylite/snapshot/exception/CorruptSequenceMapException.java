package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the file or table of a sequence map is damaged, was rewritten, or is not a sequence map. The message says
 * what to do.
 */
public class CorruptSequenceMapException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public CorruptSequenceMapException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public CorruptSequenceMapException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

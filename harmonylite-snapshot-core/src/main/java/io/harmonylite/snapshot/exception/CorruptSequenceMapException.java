package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** A sequence map's file or table is damaged, was rewritten, or is something else. The message says what to do. */
public class CorruptSequenceMapException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public CorruptSequenceMapException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public CorruptSequenceMapException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

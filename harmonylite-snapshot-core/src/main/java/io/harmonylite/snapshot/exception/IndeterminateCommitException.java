package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The snapshot may have been committed or not, or may still appear: list the store to find out. Its packs are left in place. */
public class IndeterminateCommitException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public IndeterminateCommitException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public IndeterminateCommitException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

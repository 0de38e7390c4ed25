package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the outcome of a commit is unknown: the snapshot may exist, may not exist, or may still appear. List the
 * store to find out. The packs of the snapshot are left in place.
 */
public class IndeterminateCommitException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public IndeterminateCommitException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public IndeterminateCommitException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** A restore is replacing the data, or has since the call began. Nothing was counted. Start again from the map's positions. */
public class RestoredMeanwhileException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public RestoredMeanwhileException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public RestoredMeanwhileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

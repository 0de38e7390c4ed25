package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/** The set-up does not allow it: a setting, a name, a permission or a missing bucket. The message says which. */
public class SnapshotConfigurationException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public SnapshotConfigurationException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public SnapshotConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

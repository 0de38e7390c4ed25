package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the configuration does not allow the operation: a setting, a name, a permission or a missing bucket. The
 * message says which one.
 */
public class SnapshotConfigurationException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public SnapshotConfigurationException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public SnapshotConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

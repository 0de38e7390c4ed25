package io.harmonylite.snapshot.exception;

/**
 * Thrown if the image cannot be written into the live database under open connections: its page size or text encoding
 * differs, or the request needs a restore by swap. Close the connections and restore by swap.
 */
public class OnlineRestoreUnsupportedException extends SnapshotConfigurationException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public OnlineRestoreUnsupportedException(String message) {
        super(message);
    }
}

package io.harmonylite.snapshot.exception;

/**
 * The image cannot be written into the live database under open connections: its page size or text encoding differs, or
 * something was asked for that only a swap can do. Close the connections and restore by swap.
 */
public class OnlineRestoreRefusedException extends SnapshotConfigurationException {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public OnlineRestoreRefusedException(String message) {
        super(message);
    }
}

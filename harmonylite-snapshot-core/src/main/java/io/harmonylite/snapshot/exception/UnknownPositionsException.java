package io.harmonylite.snapshot.exception;

/**
 * Thrown if a HarmonyLite snapshot is to be restored, because it does not record which messages it contains, or has
 * tables whose rowids it does not keep. A person must decide whether to restore it anyway. Messages may then be missing,
 * and others may be applied again, or to other rows.
 */
public class UnknownPositionsException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that says what is unknown, and how to accept it. */
    public UnknownPositionsException(String message) {
        super(message);
    }
}

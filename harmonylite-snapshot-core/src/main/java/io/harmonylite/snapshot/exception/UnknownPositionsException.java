package io.harmonylite.snapshot.exception;

/**
 * A snapshot of HarmonyLite's says nothing of the messages it contains: a person must decide whether to restore it all the
 * same. Messages may be missing afterwards, and some be applied again.
 */
public class UnknownPositionsException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Says what is not known, and how to accept it. */
    public UnknownPositionsException(String message) {
        super(message);
    }
}

package io.harmonylite.snapshot.internal.format;

/** Thrown if bytes do not match the format. Checked, so that the caller adds the name of the object. */
public final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Creates an exception that says what is wrong. */
    public MalformedException(String message) {
        super(message);
    }

    /** Creates an exception that says what is wrong, with its cause. */
    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.harmonylite.snapshot.internal.format;

/** Bytes that are not what the format says. Checked: the caller knows which object they came from, and says so. */
public final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Says what is wrong. */
    public MalformedException(String message) {
        super(message);
    }

    /** Says what is wrong, and how it was noticed. */
    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}

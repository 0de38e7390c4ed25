package io.harmonylite.snapshot.stream;

import java.io.IOException;

/** The server refuses to tell of a stream: credentials, permissions, or no JetStream. Change the set-up. */
public class StreamAccessException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Says what was refused. */
    public StreamAccessException(String message) {
        super(message);
    }

    /** Says what was refused, and why. */
    public StreamAccessException(String message, Throwable cause) {
        super(message, cause);
    }
}

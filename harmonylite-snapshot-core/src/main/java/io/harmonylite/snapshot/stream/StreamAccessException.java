package io.harmonylite.snapshot.stream;

import java.io.IOException;

/**
 * Thrown if the server rejects a request about a stream: credentials, permissions, or no JetStream. Correct the
 * configuration; repeating does not help.
 */
public class StreamAccessException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names what was rejected. */
    public StreamAccessException(String message) {
        super(message);
    }

    /** Creates an exception with a message that names what was rejected, and a cause. */
    public StreamAccessException(String message, Throwable cause) {
        super(message, cause);
    }
}

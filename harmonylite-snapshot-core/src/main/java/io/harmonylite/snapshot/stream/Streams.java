package io.harmonylite.snapshot.stream;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Reads the states of the streams that a host follows. Never creates or changes a stream.
 *
 * <p>Implementations are thread-safe, send a request to the server on every call, give up within 30 seconds, and keep
 * the thread's interrupt flag. Failures are checked: {@link StreamAccessException} if repeating does not help, and a
 * plain {@link IOException} if the server cannot be reached or does not answer in time.
 */
public interface Streams {

    /** Returns the names of the streams, sorted; the same on every call. */
    SortedSet<String> names();

    /**
     * Returns the present state of a stream; empty if the server reports that the stream does not exist.
     *
     * @throws StreamAccessException if the request is not allowed, or the server has no streams
     * @throws IOException if the server cannot be reached
     */
    Optional<StreamState> state(String stream) throws IOException;

    /**
     * Returns the server's timestamp of one message; empty if the stream does not keep the message or does not exist.
     *
     * @throws StreamAccessException if the request is not allowed
     * @throws IOException if the server cannot be reached
     */
    Optional<Instant> timestampAt(String stream, long sequence) throws IOException;
}

package io.harmonylite.snapshot.stream;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The streams that a host follows, and what their server says of them. Reads only; nothing is created or changed.
 *
 * <p>Implementations are thread-safe, ask the server anew at every call, give up within 30 seconds, and keep an
 * interrupt. Failures are checked: {@link StreamAccessException} where repeating does not help, a plain
 * {@link IOException} where the server cannot be reached or does not answer in time.
 */
public interface Streams {

    /** Names of the streams, sorted; the same at every call. */
    SortedSet<String> names();

    /**
     * The present state of a stream; empty where the server says that it does not exist.
     *
     * @throws StreamAccessException where asking is not allowed, or the server has no streams at all
     * @throws IOException where the server cannot be reached
     */
    Optional<StreamState> state(String stream) throws IOException;

    /**
     * The server's timestamp of one message; empty where it is not kept (any more), or the stream does not exist.
     *
     * @throws StreamAccessException where asking is not allowed
     * @throws IOException where the server cannot be reached
     */
    Optional<Instant> timestampAt(String stream, long sequence) throws IOException;
}

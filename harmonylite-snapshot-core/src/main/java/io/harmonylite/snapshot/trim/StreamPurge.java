package io.harmonylite.snapshot.trim;

import io.harmonylite.snapshot.stream.StreamAccessException;
import java.io.IOException;
import java.time.Instant;

/**
 * Removes the oldest messages of a stream. This is the only way in which the library changes a stream. The NATS module
 * implements it; a host may provide its own implementation.
 *
 * <p>Implementations are thread-safe, fail after at most 30 seconds, and preserve the interrupt status.
 */
@FunctionalInterface
public interface StreamPurge {

    /**
     * Removes all messages before a sequence. Removes nothing if the stream was created at another time. The removal is
     * complete on return. After a failure some, all or none of the messages may be removed; repeating the call is safe.
     *
     * @param stream name of the stream
     * @param created creation time of the stream
     * @param sequence first message that is kept
     * @return number of removed messages
     * @throws StreamAccessException if the stream does not exist, was created at another time, or must not be purged
     * @throws IOException if the server cannot be reached
     */
    long purgeBefore(String stream, Instant created, long sequence) throws IOException;
}

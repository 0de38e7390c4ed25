package io.harmonylite.snapshot.trim;

import io.harmonylite.snapshot.stream.StreamAccessException;
import java.io.IOException;
import java.time.Instant;

/**
 * Removes the oldest messages of a stream. The one thing by which this library changes a stream; the module for NATS
 * implements it, a host may bring its own.
 *
 * <p>Implementations are thread-safe, give up within 30 seconds, and keep an interrupt.
 */
@FunctionalInterface
public interface StreamPurge {

    /**
     * Removes all messages before a sequence, and nothing where the stream is not the one that is meant. Done on return.
     * Where it fails some, all or none may be gone; repeating it is safe.
     *
     * @param stream the stream's name
     * @param created when the stream was created that is meant
     * @param sequence the first message that stays
     * @return how many messages were removed
     * @throws StreamAccessException where the stream is not there or another one, or it is not allowed
     * @throws IOException where the server cannot be reached
     */
    long purgeBefore(String stream, Instant created, long sequence) throws IOException;
}

package io.harmonylite.snapshot.stream;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads the messages of one stream in order; opened by {@link Streams#read}. Used by one thread at a time. After the
 * first failure it cannot be used again.
 */
public interface MessageReader extends Closeable {

    /**
     * Returns the next message, and waits for it; empty if none arrives in time.
     *
     * @param timeout maximum time to wait
     * @throws IOException if messages were lost on the way, or the server cannot be reached: open another reader
     */
    Optional<StreamMessage> next(Duration timeout) throws IOException;

    /** Ends the delivery of messages. Idempotent. */
    @Override
    void close();
}

package io.harmonylite.snapshot.stream;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Messages that recovery keeps for a feed, because the streams may drop them before the feed starts: it restored a
 * snapshot of HarmonyLite, which does not record what it contains. Pass it to the feed, which applies the kept messages
 * first and closes the spool when it ends.
 *
 * <p>The messages are in a scratch directory. One daemon thread for each stream adds new messages, until the stream is
 * released or the spool is full. A crash loses the spool; the next recovery then restores again if a stream has dropped
 * messages that are needed. Thread-safe.
 */
public interface MessageSpool extends Closeable {

    /**
     * Returns a kept message; empty if the spool does not hold it. Calls for one stream must not be concurrent.
     *
     * @throws IOException if the scratch file cannot be read
     */
    Optional<StreamMessage> message(String stream, long sequence) throws IOException;

    /** Removes the messages of a stream, and keeps no more of them: a feed follows the stream itself. Idempotent. */
    void release(String stream);

    /** Releases all streams and removes the scratch directory. Idempotent. */
    @Override
    void close();
}

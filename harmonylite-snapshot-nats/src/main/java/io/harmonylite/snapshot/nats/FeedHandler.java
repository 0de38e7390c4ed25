package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.stream.StreamMessage;

/** Applies the messages of a {@link NatsFeed} to the host's database. */
@FunctionalInterface
public interface FeedHandler {

    /**
     * Applies one message, the next of its stream. Runs on a thread of the feed or on the host's executor, for one
     * stream, or one merged feed, never concurrently. It may block.
     *
     * <p>With a file map the handler commits durably before it returns. The feed counts the message afterwards, and
     * does not pass it to this handler again. With a table map the handler counts the message in its own transaction,
     * by {@link StreamMessage#countIn}, and commits; if that returns false it applies nothing.
     *
     * <p>If it throws, it must have rolled back. The message is not counted. After a transient failure of SQLite the
     * feed calls the handler again ({@link NatsFeed.Builder#retryTimeout}); after any other one the feed ends with
     * {@link FeedEnd.Failed}.
     *
     * @param message the message
     * @throws Exception if the message cannot be applied
     */
    void handle(StreamMessage message) throws Exception;
}

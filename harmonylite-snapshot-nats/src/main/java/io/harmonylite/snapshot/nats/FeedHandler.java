package io.harmonylite.snapshot.nats;

/** Applies messages: the host's half of a {@link NatsFeed}. */
@FunctionalInterface
public interface FeedHandler {

    /**
     * Applies one message, the next of its stream. Called on a thread of the feed or the host's executor, for one stream
     * never twice at a time; it may block.
     *
     * <p>With a file map: commits, durably, before it returns; the feed counts the message afterwards, and does not call
     * this again for it. With a table map: counts the message in its own transaction, by {@link FeedMessage#countIn}, and
     * commits; where that says false it applies nothing.
     *
     * @throws Exception where it cannot be applied: nothing is counted, and the feed ends with {@link FeedEnd.Failed}
     */
    void handle(FeedMessage message) throws Exception;
}

package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.stream.Arrival;

/** Why a {@link NatsFeed} has ended. Everything up to the positions in the map was applied, nothing after them. */
public sealed interface FeedEnd {

    /** The host has closed it. */
    record Closed() implements FeedEnd {}

    /**
     * Messages are gone that were never applied. Recover, with the database online or closed, and start a feed again.
     *
     * @param stream the stream
     * @param range the messages that are missing
     * @param cause where they went
     */
    record Gap(String stream, SequenceRange range, Arrival.Cause cause) implements FeedEnd {}

    /**
     * The stream is not the one that was followed: deleted, created anew, or set back to older storage. A person decides.
     *
     * @param stream the stream
     * @param reason what shows it, for people
     */
    record Reset(String stream, String reason) implements FeedEnd {}

    /**
     * The handler or the map has failed, or the server refuses. Start a feed again once the cause is gone.
     *
     * @param stream the stream
     * @param cause what happened; an {@link Error} comes as the cause of an {@link
     *     java.util.concurrent.ExecutionException}
     */
    record Failed(String stream, Exception cause) implements FeedEnd {}
}

package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.stream.Arrival;
import java.util.OptionalLong;

/**
 * Why a {@link NatsFeed} has ended. All messages up to the positions in the map were applied, and none after them.
 * Immutable.
 */
public sealed interface FeedEnd {

    /** Returns the reason with names and numbers, for people. */
    String sentence();

    /** The host closed the feed, or interrupted its thread. */
    record Closed() implements FeedEnd {

        @Override
        public String sentence() {
            return "it was closed";
        }
    }

    /**
     * The stream no longer has messages that were never applied. Recover, with the database online or closed, then
     * start another feed.
     *
     * @param stream name of the stream
     * @param range the missing messages
     * @param cause why they are missing
     */
    record Gap(String stream, SequenceRange range, Arrival.Cause cause) implements FeedEnd {

        @Override
        public String sentence() {
            return "messages " + range.first() + " to " + range.last() + " of stream " + stream
                    + " were never applied and are no longer in the stream: "
                    + (cause == Arrival.Cause.DROPPED ? "its retention dropped them" : "they were deleted")
                    + "; recover";
        }
    }

    /**
     * The stream is not the one that was followed: it was deleted, recreated, or set back to older storage. The operator
     * decides how to proceed.
     *
     * @param stream name of the stream
     * @param reason the evidence, for people
     */
    record Reset(String stream, String reason) implements FeedEnd {

        @Override
        public String sentence() {
            return reason + "; recover, and decide how to continue";
        }
    }

    /**
     * The handler or the map failed, or the server rejected a request. Start another feed when the cause is removed.
     *
     * @param stream name of the stream; of merged streams all names, if the failure does not concern one
     * @param sequence the message that was not applied; empty if the failure does not concern one
     * @param cause the failure; an {@link Error} is wrapped in an {@link java.util.concurrent.ExecutionException}
     */
    record Failed(String stream, OptionalLong sequence, Exception cause) implements FeedEnd {

        @Override
        public String sentence() {
            String what = sequence.isPresent()
                    ? "message " + sequence.getAsLong() + " of stream " + stream + " could not be applied: "
                    : "stream " + stream + " could not be followed: ";
            return what + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        }
    }
}

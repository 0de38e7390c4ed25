package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.util.List;

/** Applies several messages of a {@link NatsFeed} to the host's database in one transaction. */
@FunctionalInterface
public interface FeedBatchHandler {

    /**
     * Applies messages in the given order, all in one transaction. The messages of each stream are consecutive. They
     * all belong to one stream, unless the feed merges its streams ({@link NatsFeed.Builder#mergeByTime}). Runs on a
     * thread of the feed or on the host's executor; for one stream, or one merged feed, never concurrently. It may
     * block.
     *
     * <p>With a file map the handler commits durably before it returns. The feed counts the messages afterwards, with
     * one write of the map, and does not pass them to this handler again. With a table map the handler counts them in
     * its own transaction, by {@link TableSequenceMap.InTransaction#appliedAll}, applies only the messages that this
     * returns, and commits.
     *
     * <p>If it throws, it must have rolled back. Nothing is counted. After a transient failure of SQLite the feed calls
     * it again. After any other failure the feed calls it with each message alone, so that the feed's end names the
     * message that cannot be applied.
     *
     * @param messages the messages, at least one; unmodifiable
     * @throws Exception if the messages cannot be applied
     */
    void handle(List<StreamMessage> messages) throws Exception;
}

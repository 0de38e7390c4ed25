package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.stream.MessageSpool;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a feed. Immutable.
 *
 * @param streams the followed streams
 * @param positions access to the sequence map
 * @param handler applies messages
 * @param maxBatch maximum number of messages that the handler receives at once
 * @param retryTimeout how long transient failures of the handler are repeated
 * @param merged whether one worker applies the messages of all streams by time
 * @param onEnd receives the end of the feed
 * @param executor the host's executor; null if the feed uses its own threads
 * @param spool messages that recovery has kept; null if there are none
 * @param window maximum number of messages of a stream in flight
 */
record FeedSettings(
        NatsStreams streams,
        FeedPositions positions,
        FeedBatchHandler handler,
        int maxBatch,
        Duration retryTimeout,
        boolean merged,
        Consumer<FeedEnd> onEnd,
        @Nullable Executor executor,
        @Nullable MessageSpool spool,
        int window) {}

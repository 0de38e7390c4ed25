package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.stream.MessageSpool;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The settings of a feed. Without an executor it uses its own threads. Immutable. */
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

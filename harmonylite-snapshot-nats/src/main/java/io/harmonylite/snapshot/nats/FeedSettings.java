package io.harmonylite.snapshot.nats;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a feed was started with.
 *
 * @param streams the streams it follows
 * @param positions where it stands, and how messages are counted
 * @param handler applies messages
 * @param onEnd is told the end
 * @param executor the host's; null where the feed has threads of its own
 * @param window how many messages of a stream may be underway
 * @param deletion what messages mean that were deleted inside a stream
 */
record FeedSettings(
        NatsStreams streams,
        FeedPositions positions,
        FeedHandler handler,
        Consumer<FeedEnd> onEnd,
        @Nullable Executor executor,
        int window,
        Deletion deletion) {

    /** What messages mean that were deleted inside a stream. */
    enum Deletion {
        GAP,
        NORMAL
    }
}

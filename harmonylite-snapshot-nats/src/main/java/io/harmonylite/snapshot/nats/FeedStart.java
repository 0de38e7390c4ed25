package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides whether a stream is the one that was followed and still has the next message. Without an obstacle it is. */
record FeedStart(Instant created, @Nullable FeedEnd obstacle) {

    /** Decides for a stream; {@code timestamp} is that of the message at the position, empty if the stream lacks it. */
    static FeedStart of(String stream, StreamPosition position, Optional<Instant> timestamp, StreamState state) {
        return new FeedStart(state.created(), obstacle(stream, position, timestamp, state));
    }

    private static @Nullable FeedEnd obstacle(
            String stream, StreamPosition position, Optional<Instant> timestamp, StreamState state) {
        if (!state.isReachedBy(position, timestamp.orElse(null))) {
            return new FeedEnd.Reset(
                    stream,
                    "the stream " + stream + ", created at " + state.created() + ", with messages " + state.first()
                            + " to " + state.last() + ", is not the one that was applied up to " + position.sequence());
        }
        return state.droppedAfter(position.sequence())
                .map(dropped -> new FeedEnd.Gap(stream, dropped, Arrival.Cause.DROPPED))
                .orElse(null);
    }
}

package io.harmonylite.snapshot;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one stream was applied. Immutable.
 *
 * <p>Creation time of the stream and timestamp of the message are the stream's identity: a stream that was deleted and
 * created anew, or whose server was set back to older storage, hands out the same sequences for other messages. What is
 * not known is null.
 *
 * @param sequence sequence of the last applied message, 0 before the first
 * @param timestamp the server's timestamp of that message
 * @param streamCreated when the server created the stream
 */
public record StreamPosition(
        long sequence,
        @Nullable Instant timestamp,
        @Nullable Instant streamCreated) {

    /** Refuses a negative sequence. */
    public StreamPosition {
        if (sequence < 0) {
            throw new IllegalArgumentException("a stream's sequence is not negative: " + sequence);
        }
    }

    /** A position of which nothing but the sequence is known. */
    public static StreamPosition at(long sequence) {
        return new StreamPosition(sequence, null, null);
    }

    /** Whether both can belong to the same stream: what one side does not know matches. */
    public boolean sameStream(StreamPosition other) {
        return matches(streamCreated, other.streamCreated)
                && (sequence != other.sequence || matches(timestamp, other.timestamp));
    }

    private static boolean matches(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other == null || one.equals(other);
    }
}

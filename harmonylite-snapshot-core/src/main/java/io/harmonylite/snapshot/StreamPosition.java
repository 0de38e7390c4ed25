package io.harmonylite.snapshot;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The position up to which one stream was applied. Immutable.
 *
 * <p>The creation time of the stream and the timestamp of the message identify the stream. A stream that was deleted
 * and created anew, or whose server was set back to older storage, assigns the same sequences to other messages.
 * Unknown values are null.
 *
 * @param sequence sequence of the last applied message, 0 before the first
 * @param timestamp the server's timestamp of that message
 * @param streamCreated time at which the server created the stream
 */
public record StreamPosition(
        long sequence,
        @Nullable Instant timestamp,
        @Nullable Instant streamCreated) {

    /** Rejects a negative sequence. */
    public StreamPosition {
        if (sequence < 0) {
            throw new IllegalArgumentException("the sequence of a stream must not be negative: " + sequence);
        }
    }

    /** Returns a position of which only the sequence is known. */
    public static StreamPosition at(long sequence) {
        return new StreamPosition(sequence, null, null);
    }

    /** Returns whether both positions can belong to the same stream. A value that is unknown on one side matches. */
    public boolean sameStream(StreamPosition other) {
        return matches(streamCreated, other.streamCreated)
                && (sequence != other.sequence || matches(timestamp, other.timestamp));
    }

    private static boolean matches(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other == null || one.equals(other);
    }
}

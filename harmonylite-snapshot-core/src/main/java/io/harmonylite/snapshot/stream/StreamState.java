package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.StreamPosition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a stream at one moment, as reported by its server. Immutable.
 *
 * @param first sequence of the first message that the stream keeps, at least 1; if it keeps none, one more than {@code
 *     last}
 * @param last sequence of the last message that was ever published to the stream, 0 before the first
 * @param messages number of messages that the stream keeps; less than {@code last - first + 1} if some were deleted
 *     inside
 * @param bytes bytes that these messages occupy
 * @param created time at which the stream was created
 * @param retention limits of the stream
 */
public record StreamState(
        long first, long last, long messages, long bytes, Instant created, StreamRetention retention) {

    /** Changes the first sequence of an unused stream, which servers report as 0, to 1. Rejects impossible numbers. */
    public StreamState {
        first = Math.max(first, 1);
        if (last < 0 || first > last + 1 || messages < 0 || messages > last - first + 1 || bytes < 0) {
            throw new IllegalArgumentException("invalid stream state: first " + first + ", last " + last + ", messages "
                    + messages + ", bytes " + bytes);
        }
    }

    /** Returns the number of messages between first and last that the stream does not keep. */
    public long deletedInside() {
        return last - first + 1 - messages;
    }

    /**
     * Returns a position in this stream.
     *
     * @param timestamp server timestamp of the message at the sequence; null if it is unknown
     */
    public StreamPosition at(long sequence, @Nullable Instant timestamp) {
        return new StreamPosition(sequence, timestamp, created);
    }

    /**
     * Returns whether a position belongs to this stream, and not to another one of the same name.
     *
     * @param timestamp server timestamp of this stream's message at the same sequence; null if it is unknown
     */
    public boolean isReachedBy(StreamPosition position, @Nullable Instant timestamp) {
        return position.sequence() <= last && position.sameStream(at(position.sequence(), timestamp));
    }

    /** Returns whether the stream dropped no message after a sequence. Messages deleted inside count as held. */
    public boolean holdsAfter(long sequence) {
        return first <= sequence + 1;
    }

    /**
     * Returns whether a position covers this stream: it belongs to the stream, which still holds every message after it.
     *
     * @param timestamp server timestamp of this stream's message at the same sequence; null if it is unknown
     */
    public boolean isCoveredBy(StreamPosition position, @Nullable Instant timestamp) {
        return isReachedBy(position, timestamp) && holdsAfter(position.sequence());
    }
}

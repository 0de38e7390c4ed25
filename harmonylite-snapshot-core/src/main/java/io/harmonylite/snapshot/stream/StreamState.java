package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
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
 * @param start sequence of the first message that was ever published to the stream, or will be: 1, unless the stream was
 *     created with another first sequence; empty if it cannot be determined
 */
public record StreamState(
        long first,
        long last,
        long messages,
        long bytes,
        Instant created,
        StreamRetention retention,
        OptionalLong start) {

    /**
     * Changes the first sequence of an unused stream, which servers report as 0, to 1. Treats a start after the first
     * message as undetermined: the configuration was changed later. Rejects other impossible numbers.
     */
    public StreamState {
        first = Math.max(first, 1);
        if (start.isPresent() && (start.getAsLong() < 1 || start.getAsLong() > first)) {
            start = OptionalLong.empty();
        }
        if (last < 0 || first > last + 1 || messages < 0 || messages > last - first + 1 || bytes < 0) {
            throw new IllegalArgumentException("invalid stream state: first " + first + ", last " + last + ", messages "
                    + messages + ", bytes " + bytes);
        }
    }

    /** Creates the state of a stream that began with message 1. */
    public StreamState(long first, long last, long messages, long bytes, Instant created, StreamRetention retention) {
        this(first, last, messages, bytes, created, retention, OptionalLong.of(1));
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

    /**
     * Returns whether the stream still holds the first message that was published to it, or none was. Messages deleted
     * inside count as held.
     */
    public boolean holdsFirst() {
        return first == 1 || start.equals(OptionalLong.of(first));
    }

    /** Returns the sequence before the first message that was ever published to the stream; 0 if it is not known. */
    public long beforeStart() {
        return start.orElse(1) - 1;
    }

    /**
     * Returns whether the stream dropped no message after a sequence, where 0 means all messages. Messages deleted
     * inside count as held.
     */
    public boolean holdsAfter(long sequence) {
        return first <= sequence + 1 || (sequence == 0 && holdsFirst());
    }

    /** Returns the range of messages after a sequence that the stream dropped; empty if it holds all of them. */
    public Optional<SequenceRange> droppedAfter(long sequence) {
        return holdsAfter(sequence)
                ? Optional.empty()
                : Optional.of(new SequenceRange((sequence == 0 ? beforeStart() : sequence) + 1, first - 1));
    }
}

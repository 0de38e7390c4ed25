package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks each message of a stream before it is applied: is it the one after the position? If not, the detector reads
 * the stream's state to find the cause. Costs one comparison while messages arrive in order.
 *
 * <p>A message that was deleted inside the stream before it was applied is a gap, unless the {@linkplain
 * Streams#areDeletedMessagesAllowed streams allow} such messages.
 *
 * <p>The detector does not check the identity of the stream for messages that arrive in order. Check it when a consumer
 * starts and after every lost connection.
 *
 * <p>Immutable, and as thread-safe as its {@link Streams}. Each caller passes its own position.
 */
public final class GapDetector {

    private final Streams streams;
    private final String stream;

    private GapDetector(Streams streams, String stream) {
        this.streams = streams;
        this.stream = stream;
    }

    /** Returns a detector for one stream. */
    public static GapDetector of(Streams streams, String stream) {
        return new GapDetector(streams, stream);
    }

    /**
     * Determines the meaning of a message's arrival.
     *
     * @param position position up to which the stream is applied
     * @param sequence sequence of the message
     * @param timestamp the server's timestamp of the message
     * @throws IOException if the state of the stream was needed and could not be read
     */
    public Arrival arrived(StreamPosition position, long sequence, Instant timestamp) throws IOException {
        long expected = position.sequence() + 1;
        if (sequence == expected) {
            return new Arrival.Next();
        }
        if (sequence < expected && isPlausiblyOld(position, sequence, timestamp)) {
            return new Arrival.Duplicate();
        }
        return explain(position, sequence);
    }

    /** Returns whether the message can be an old one of the same stream, in which time never goes back. */
    private static boolean isPlausiblyOld(StreamPosition position, long sequence, Instant timestamp) {
        Instant applied = position.timestamp();
        return applied != null
                && (sequence == position.sequence() ? timestamp.equals(applied) : !timestamp.isAfter(applied));
    }

    /** Reads messages before the state, so that the state shows what was dropped in between. */
    private Arrival explain(StreamPosition position, long sequence) throws IOException {
        Optional<Instant> atPosition =
                position.sequence() == 0 ? Optional.empty() : streams.timestampAt(stream, position.sequence());
        OptionalLong kept = streams.keptFrom(stream, position.sequence() + 1);
        Optional<StreamState> state = streams.state(stream);
        if (state.isEmpty()) {
            return new Arrival.Reset("the stream " + stream + " no longer exists");
        }
        return judge(position, sequence, state.get(), atPosition, kept);
    }

    /** Decides; sends no request. */
    private Arrival judge(
            StreamPosition position,
            long sequence,
            StreamState state,
            Optional<Instant> atPosition,
            OptionalLong kept) {
        if (!state.isReachedBy(position, atPosition.orElse(null))) {
            return new Arrival.Reset("the stream " + stream + ", created at " + state.created() + " with messages "
                    + state.first() + " to " + state.last() + ", is not the stream that was applied up to "
                    + position.sequence());
        }
        if (sequence <= position.sequence()) {
            return new Arrival.Duplicate();
        }
        SequenceRange range = new SequenceRange(position.sequence() + 1, sequence - 1);
        if (!state.holdsAfter(position.sequence())) {
            return new Arrival.Gap(range, Arrival.Cause.DROPPED);
        }
        if (kept.isPresent() && kept.getAsLong() < sequence) {
            return new Arrival.Undelivered(range);
        }
        boolean neverPublished = range.last() <= state.beforeStart();
        return neverPublished || streams.areDeletedMessagesAllowed()
                ? new Arrival.Skip(range)
                : new Arrival.Gap(range, Arrival.Cause.DELETED);
    }
}

package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Looks at each message of a stream before it is applied: whether it is the one that comes after the position. Where it
 * is not, it asks the stream why. Costs a comparison as long as messages come in order: that the stream is the one that
 * was followed is for whoever begins to consume it to find out, at the start and after every lost connection.
 *
 * <p>Immutable, and as thread-safe as its {@link Streams}; each caller brings the position it stands at.
 */
public final class GapDetector {

    private final Streams streams;
    private final String stream;
    private final boolean deletionNormal;

    private GapDetector(Streams streams, String stream, boolean deletionNormal) {
        this.streams = streams;
        this.stream = stream;
        this.deletionNormal = deletionNormal;
    }

    /** A detector for one stream, to which a message that was deleted inside the stream is a gap. */
    public static GapDetector of(Streams streams, String stream) {
        return new GapDetector(streams, stream, false);
    }

    /**
     * To this detector a message that was deleted inside the stream is nothing to worry about. It asks for each of them
     * whether it is really gone.
     */
    public GapDetector deletionIsNormal() {
        return new GapDetector(streams, stream, true);
    }

    /**
     * Says what it means that a message arrived.
     *
     * @param position how far the stream is applied
     * @param sequence the message's sequence
     * @param timestamp the server's timestamp of the message
     * @throws IOException where the stream had to be asked and did not answer; nothing is decided then
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

    /** Within one stream time does not go back: a lower sequence with a later time may be of another one. */
    private static boolean isPlausiblyOld(StreamPosition position, long sequence, Instant timestamp) {
        Instant applied = position.timestamp();
        return applied != null
                && (sequence == position.sequence() ? timestamp.equals(applied) : !timestamp.isAfter(applied));
    }

    /** Messages are asked for before the state: what was dropped in between then shows in the state. */
    private Arrival explain(StreamPosition position, long sequence) throws IOException {
        Optional<Instant> atPosition =
                position.sequence() == 0 ? Optional.empty() : streams.timestampAt(stream, position.sequence());
        boolean kept = isAnyKept(position.sequence() + 1, sequence - 1);
        Optional<StreamState> state = streams.state(stream);
        if (state.isEmpty()) {
            return new Arrival.Reset("the stream " + stream + " does not exist any more");
        }
        return judge(position, sequence, state.get(), atPosition, kept);
    }

    private boolean isAnyKept(long first, long last) throws IOException {
        long end = deletionNormal ? last : Math.min(first, last);
        for (long sequence = first; sequence <= end; sequence++) {
            if (streams.timestampAt(stream, sequence).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** The decision itself: depends on nothing but what it is given. */
    private Arrival judge(
            StreamPosition position, long sequence, StreamState state, Optional<Instant> atPosition, boolean kept) {
        StreamPosition present = new StreamPosition(position.sequence(), atPosition.orElse(null), state.created());
        if (position.sequence() > state.last() || !position.sameStream(present)) {
            return new Arrival.Reset("the stream " + stream + ", created at " + state.created() + ", with messages "
                    + state.first() + " to " + state.last() + ", is not the one that was applied up to "
                    + position.sequence());
        }
        if (sequence <= position.sequence()) {
            return new Arrival.Duplicate();
        }
        SequenceRange range = new SequenceRange(position.sequence() + 1, sequence - 1);
        if (state.first() > range.first()) {
            return new Arrival.Gap(range, Arrival.Cause.DROPPED);
        }
        if (kept) {
            return new Arrival.Undelivered(range);
        }
        return deletionNormal ? new Arrival.Skip(range) : new Arrival.Gap(range, Arrival.Cause.DELETED);
    }
}

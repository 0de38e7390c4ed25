package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Facts about one stream. Immutable.
 *
 * @param stream name of the stream
 * @param position last applied position; null if unknown
 * @param state state on the server; null if the stream does not exist
 * @param timestamps server timestamps of messages that the stream still holds, by sequence, for the positions to
 *     compare
 * @param deleted range from the first to the last message that was deleted inside the stream; null if none was, or the
 *     host needs no deleted messages
 */
public record StreamFacts(
        String stream,
        @Nullable StreamPosition position,
        @Nullable StreamState state,
        SortedMap<Long, Instant> timestamps,
        @Nullable SequenceRange deleted) {

    /** Copies the timestamps. */
    public StreamFacts {
        timestamps = Collections.unmodifiableSortedMap(new TreeMap<>(timestamps));
    }

    /** Creates facts about a stream from which no message was deleted, from timestamps in any order. */
    public static StreamFacts of(
            String stream,
            @Nullable StreamPosition position,
            @Nullable StreamState state,
            Map<Long, Instant> timestamps) {
        return new StreamFacts(stream, position, state, new TreeMap<>(timestamps), null);
    }

    /** Returns these facts with a range of deleted messages. */
    public StreamFacts withDeleted(@Nullable SequenceRange range) {
        return new StreamFacts(stream, position, state, timestamps, range);
    }

    /** Compares a position with the identity of the current stream. */
    public StreamIdentity identityOf(@Nullable StreamPosition compared) {
        if (compared == null || state == null) {
            return StreamIdentity.NONE;
        }
        StreamPosition present = at(compared.sequence(), state);
        if (!state.isReachedBy(compared, present.timestamp())) {
            return StreamIdentity.ANOTHER;
        }
        boolean noMessage = compared.sequence() == 0 || compared.sequence() == state.beforeStart();
        boolean sameMessage = noMessage || (compared.timestamp() != null && present.timestamp() != null);
        return compared.streamCreated() != null && sameMessage ? StreamIdentity.PROVEN : StreamIdentity.UNPROVEN;
    }

    /** Returns whether a position belongs to the current stream and the stream still holds every message after it. */
    public boolean isCoveredBy(StreamPosition compared) {
        return state != null
                && state.isReachedBy(compared, timestamps.get(compared.sequence()))
                && missingAfter(compared.sequence()).isEmpty();
    }

    /**
     * Returns the range from the first to the last message after a sequence that the stream does not hold; empty if it
     * holds all messages after the sequence.
     */
    public Optional<SequenceRange> missingAfter(long sequence) {
        SequenceRange dropped =
                state == null ? null : state.droppedAfter(sequence).orElse(null);
        if (deleted == null || deleted.last() <= sequence) {
            return Optional.ofNullable(dropped);
        }
        long first = dropped == null ? Math.max(deleted.first(), sequence + 1) : dropped.first();
        return Optional.of(new SequenceRange(first, Math.max(deleted.last(), dropped == null ? 0 : dropped.last())));
    }

    /** Returns what the stream holds, as a clause for messages. */
    public String held() {
        if (state == null) {
            return "the stream does not exist";
        }
        return "the stream holds messages " + state.first() + " to " + state.last()
                + (deleted == null ? "" : ", of which " + deleted + " or some of them were deleted");
    }

    /** Returns a position in the current stream, with its timestamp if known. */
    public StreamPosition at(long sequence, StreamState present) {
        return present.at(sequence, timestamps.get(sequence));
    }
}

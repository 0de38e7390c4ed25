package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
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
 */
public record StreamFacts(
        String stream,
        @Nullable StreamPosition position,
        @Nullable StreamState state,
        SortedMap<Long, Instant> timestamps) {

    /** Copies the timestamps. */
    public StreamFacts {
        timestamps = Collections.unmodifiableSortedMap(new TreeMap<>(timestamps));
    }

    /** Creates facts from timestamps in any order. */
    public static StreamFacts of(
            String stream,
            @Nullable StreamPosition position,
            @Nullable StreamState state,
            Map<Long, Instant> timestamps) {
        return new StreamFacts(stream, position, state, new TreeMap<>(timestamps));
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
        boolean sameMessage = compared.sequence() == 0 || (compared.timestamp() != null && present.timestamp() != null);
        return compared.streamCreated() != null && sameMessage ? StreamIdentity.PROVEN : StreamIdentity.UNPROVEN;
    }

    /** Returns whether a position belongs to the current stream and the stream still holds every message after it. */
    public boolean isCoveredBy(StreamPosition compared) {
        return state != null && state.isCoveredBy(compared, timestamps.get(compared.sequence()));
    }

    /** Returns a position in the current stream, with its timestamp if known. */
    public StreamPosition at(long sequence, StreamState present) {
        return present.at(sequence, timestamps.get(sequence));
    }

    public StreamFacts withoutPosition() {
        return new StreamFacts(stream, null, state, timestamps);
    }
}

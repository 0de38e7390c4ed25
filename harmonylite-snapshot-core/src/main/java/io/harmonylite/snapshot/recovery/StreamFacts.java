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
 * What is known of one stream. Immutable.
 *
 * @param stream its name
 * @param position how far the host has applied it; null where that is not known
 * @param state what its server says; null where it says that there is no such stream
 * @param timestamps the server's timestamps of messages that it keeps, by sequence: of those at positions to compare
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

    /** Facts from a map in any order. */
    public static StreamFacts of(
            String stream,
            @Nullable StreamPosition position,
            @Nullable StreamState state,
            Map<Long, Instant> timestamps) {
        return new StreamFacts(stream, position, state, new TreeMap<>(timestamps));
    }

    /** Whether a position is one of the stream that is there now. */
    public StreamIdentity identityOf(@Nullable StreamPosition compared) {
        if (compared == null || state == null) {
            return StreamIdentity.NONE;
        }
        StreamPosition present = at(compared.sequence(), state);
        if (compared.sequence() > state.last() || !compared.sameStream(present)) {
            return StreamIdentity.ANOTHER;
        }
        boolean sameMessage = compared.sequence() == 0 || (compared.timestamp() != null && present.timestamp() != null);
        return compared.streamCreated() != null && sameMessage ? StreamIdentity.PROVEN : StreamIdentity.UNPROVEN;
    }

    /** Whether a position is of the stream that is there now, and everything after it is still there. */
    public boolean isCoveredBy(StreamPosition compared) {
        return state != null
                && identityOf(compared) != StreamIdentity.ANOTHER
                && state.first() <= compared.sequence() + 1;
    }

    /** A position in the present stream, with all that is known of it. */
    StreamPosition at(long sequence, StreamState present) {
        return new StreamPosition(sequence, timestamps.get(sequence), present.created());
    }

    StreamFacts withoutPosition() {
        return new StreamFacts(stream, null, state, timestamps);
    }
}

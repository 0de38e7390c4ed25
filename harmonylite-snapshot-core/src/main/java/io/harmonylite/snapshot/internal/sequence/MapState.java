package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What a map says at one moment. Immutable.
 *
 * @param positions the positions; a stream of which nothing was counted, set or restored has none
 * @param ahead the ranges of the streams that have such
 * @param restoreId random id of the last restore the map knows; always empty for a table map, which is inside the image
 * @param rest what a stream without entry stands for
 */
public record MapState(
        Positions positions, SortedMap<String, List<SequenceRange>> ahead, Optional<String> restoreId, Rest rest) {

    /** A map that has counted nothing. */
    public static MapState none() {
        return of(Positions.none());
    }

    /** A map that knows nothing but positions. */
    public static MapState of(Positions positions) {
        return new MapState(positions, Collections.emptySortedMap(), Optional.empty(), Rest.UNKNOWN);
    }

    /** The streams that have ahead ranges. */
    public Set<String> aheadStreams() {
        return ahead.keySet();
    }

    /** What a stream without entry stands for. */
    public enum Rest {
        /** Nothing is known: a new node, or a lost map. */
        UNKNOWN,
        /** Position 0: the map was adopted from HarmonyLite, which makes an entry with a stream's first message. */
        AT_ZERO
    }
}

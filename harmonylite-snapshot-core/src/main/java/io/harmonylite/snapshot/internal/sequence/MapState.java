package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.internal.format.Binding;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The state of a map at one moment. Immutable.
 *
 * @param positions the positions; a stream in which nothing was counted, set or restored has none; with ahead ranges only it is at 0
 * @param ahead the ahead ranges of the streams that have any
 * @param restoreId random id of the last restore that the map recorded; always empty for a table map, which is in the
 *     image
 * @param binding mark that the map shares with its database; always empty for a table map
 * @param rest what a stream without position stands for
 */
public record MapState(
        Positions positions,
        SortedMap<String, List<SequenceRange>> ahead,
        Optional<String> restoreId,
        Optional<Binding> binding,
        Rest rest) {

    /** Returns the state of a map that has counted nothing. */
    public static MapState none() {
        return of(Positions.none());
    }

    /** Returns the state of a map that has positions only. */
    public static MapState of(Positions positions) {
        return new MapState(positions, Collections.emptySortedMap(), Optional.empty(), Optional.empty(), Rest.UNKNOWN);
    }

    /** What a stream without position stands for. */
    public enum Rest {
        /** Nothing is known: a new node, or a lost map. */
        UNKNOWN,
        /** Position 0: the map was adopted from HarmonyLite, which adds an entry with the first message of a stream. */
        AT_ZERO
    }
}

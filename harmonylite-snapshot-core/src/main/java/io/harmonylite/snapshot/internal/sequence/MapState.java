package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.internal.format.Binding;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The state of a map at one moment. A stream with ahead ranges only is at 0. A table map has neither restore id nor
 * binding, because it is in the image. Immutable.
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

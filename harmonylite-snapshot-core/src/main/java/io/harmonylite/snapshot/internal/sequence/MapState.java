package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import java.util.Optional;
import java.util.Set;

/**
 * What a map says at one moment. Immutable.
 *
 * @param positions the positions; a stream of which nothing was counted, set or restored has none
 * @param aheadStreams streams that have ahead ranges
 * @param restoreId random id of the last restore the map knows; always empty for a table map, which is inside the image
 * @param rest what a stream without entry stands for
 */
public record MapState(Positions positions, Set<String> aheadStreams, Optional<String> restoreId, Rest rest) {

    /** What a stream without entry stands for. */
    public enum Rest {
        /** Nothing is known: a new node, or a lost map. */
        UNKNOWN,
        /** Position 0: the map was adopted from HarmonyLite, which makes an entry with a stream's first message. */
        AT_ZERO
    }
}

package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import java.util.Optional;

/**
 * What a sequence map's file held when it was read. Immutable.
 *
 * @param origin whose file it is
 * @param positions its positions; of a file that HarmonyLite wrote, nothing but sequences is known
 * @param restoreId random id of the last restore the map knows
 * @param leftOverBytes bytes behind what was read, that nobody reads
 */
public record SequenceMapContents(Origin origin, Positions positions, Optional<String> restoreId, long leftOverBytes) {

    /** Whose file it is. */
    public enum Origin {
        /** There is none, or it has 0 bytes: a node that has counted nothing yet. */
        NEW,
        /** This library's, whole. */
        OURS,
        /** HarmonyLite's; with left-over bytes where two processes wrote one file. */
        HARMONYLITE,
        /** This library's, but rewritten in place since: by HarmonyLite, or by damage. */
        REWRITTEN
    }
}

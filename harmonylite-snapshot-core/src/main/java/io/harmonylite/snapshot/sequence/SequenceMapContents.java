package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import java.util.Optional;

/**
 * The contents of a sequence map's file when it was read. Immutable.
 *
 * @param origin the program that wrote the file
 * @param positions its positions; a file that HarmonyLite wrote holds sequences only
 * @param restoreId random id of the last restore that the map recorded
 * @param leftOverBytes number of bytes after the map's own, which no program reads
 */
public record SequenceMapContents(Origin origin, Positions positions, Optional<String> restoreId, long leftOverBytes) {

    /** The program that wrote a file. */
    public enum Origin {
        /** None: the file is missing or has 0 bytes, as on a node that has counted nothing yet. */
        NEW,
        /** This library, and the file is whole. */
        OURS,
        /** HarmonyLite; with left-over bytes if two processes wrote one file. */
        HARMONYLITE,
        /** This library, but the file was rewritten in place since, by HarmonyLite or by damage. */
        REWRITTEN
    }
}

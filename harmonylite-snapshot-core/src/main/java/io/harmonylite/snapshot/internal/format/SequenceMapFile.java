package io.harmonylite.snapshot.internal.format;

/**
 * A sequence map's file as it was found. Immutable.
 *
 * @param kind whose it is
 * @param data what it says
 * @param leftOverBytes bytes behind the first item that are no second one of ours
 */
public record SequenceMapFile(Kind kind, SequenceMapData data, int leftOverBytes) {

    /** Whose a file is. */
    public enum Kind {
        /** A plain map, alone or with left-over bytes behind it. */
        PLAIN,
        /** Ours, and whole. */
        OURS,
        /** Ours, and of a format that this version does not know. */
        NEWER,
        /** Ours, but the first item, the second or both are not what was written. */
        REWRITTEN
    }
}

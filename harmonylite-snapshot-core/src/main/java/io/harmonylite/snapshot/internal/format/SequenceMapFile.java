package io.harmonylite.snapshot.internal.format;

/**
 * A sequence map's file as found on disk. Immutable.
 *
 * @param kind kind of the file
 * @param data content of the file
 * @param leftOverBytes bytes after the first item that are no second item of this library
 */
public record SequenceMapFile(Kind kind, SequenceMapData data, int leftOverBytes) {

    /** Kind of a sequence map's file. */
    public enum Kind {
        /** A plain map, alone or followed by left-over bytes. */
        PLAIN,
        /** A complete file of this library. */
        OURS,
        /** A file of this library, in a newer format that this version cannot read. */
        NEWER,
        /** A file of this library in which HarmonyLite has counted on: the second item is intact. */
        CONTINUED,
        /** A file of this library in which the first item, the second or both differ from what was written. */
        REWRITTEN
    }
}

package io.harmonylite.snapshot.trim;

/**
 * Result of a trim for one stream; for a dry run, what it would do. Immutable.
 *
 * @param stream name of the stream
 * @param first first sequence before the trim
 * @param keptFrom first sequence that is kept
 * @param removed number of removed messages; for a dry run, the number of sequences between the two
 * @param bound reason why no more is removed
 */
public record StreamTrim(String stream, long first, long keptFrom, long removed, TrimBound bound) {

    /** Returns whether anything is removed. */
    public boolean isTrimmed() {
        return keptFrom > first;
    }
}

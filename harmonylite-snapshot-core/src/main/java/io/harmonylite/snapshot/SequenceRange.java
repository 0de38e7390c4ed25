package io.harmonylite.snapshot;

/**
 * A range of sequences of one stream, both ends included. Immutable.
 *
 * @param first first sequence, at least 1
 * @param last last sequence, not less than {@code first}
 */
public record SequenceRange(long first, long last) {

    /** Rejects a range that is empty or begins before 1. */
    public SequenceRange {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("invalid range of sequences: " + first + " to " + last);
        }
    }

    /** Returns the number of sequences in the range. */
    public long count() {
        return last - first + 1;
    }

    /** Returns the range as text: {@code 61} or {@code 61 to 336}. */
    @Override
    public String toString() {
        return first == last ? Long.toString(first) : first + " to " + last;
    }
}

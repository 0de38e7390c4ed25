package io.harmonylite.snapshot;

/**
 * Sequences of one stream, from one to another, both included. Immutable.
 *
 * @param first the first of them, at least 1
 * @param last the last of them, not less than {@code first}
 */
public record SequenceRange(long first, long last) {

    /** Refuses a range that is empty or begins before 1. */
    public SequenceRange {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("no range of sequences: " + first + " to " + last);
        }
    }

    /** How many sequences there are. */
    public long count() {
        return last - first + 1;
    }

    /** {@code 61} or {@code 61 to 336}. */
    @Override
    public String toString() {
        return first == last ? Long.toString(first) : first + " to " + last;
    }
}

package io.harmonylite.snapshot.internal.format;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that need no applying, beyond an earlier sequence that still does. Immutable.
 *
 * @param first first sequence, inclusive
 * @param last last sequence, inclusive
 * @param timestamp the server's timestamp of the message at {@code last}; null if it is not known
 */
public record AheadRange(long first, long last, @Nullable Instant timestamp) {

    /** Rejects an empty range, and a range that begins below 1. */
    public AheadRange {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("not a range of sequences: " + first + " to " + last);
        }
    }

    /** Returns whether this range contains every sequence of another one. */
    public boolean contains(AheadRange other) {
        return first <= other.first && other.last <= last;
    }

    /** Returns whether the two ranges overlap or are adjacent. */
    public boolean touches(AheadRange other) {
        return first - 1 <= other.last && other.first - 1 <= last;
    }

    /** Returns the union of two ranges, which must touch. */
    public AheadRange union(AheadRange other) {
        AheadRange later = other.last > last ? other : this;
        return new AheadRange(Math.min(first, other.first), later.last, later.timestamp);
    }
}

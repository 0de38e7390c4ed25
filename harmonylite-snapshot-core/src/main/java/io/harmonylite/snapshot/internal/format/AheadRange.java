package io.harmonylite.snapshot.internal.format;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that need no applying although something before them still does. Immutable.
 *
 * @param first first sequence
 * @param last last sequence
 * @param timestamp the server's timestamp of the message at {@code last}, where it is known
 */
public record AheadRange(long first, long last, @Nullable Instant timestamp) {

    /** Refuses what is no range. */
    public AheadRange {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("no range of sequences: " + first + " to " + last);
        }
    }

    /** Whether every sequence of another range is in this one. */
    public boolean contains(AheadRange other) {
        return first <= other.first && other.last <= last;
    }

    /** Whether the two overlap, or nothing is between them. */
    public boolean touches(AheadRange other) {
        return first - 1 <= other.last && other.first - 1 <= last;
    }

    /** Both as one; they must touch. */
    public AheadRange union(AheadRange other) {
        AheadRange later = other.last > last ? other : this;
        return new AheadRange(Math.min(first, other.first), later.last, later.timestamp);
    }
}

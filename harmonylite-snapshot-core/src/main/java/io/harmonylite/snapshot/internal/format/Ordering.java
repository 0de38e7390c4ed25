package io.harmonylite.snapshot.internal.format;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Place of a snapshot among the others, as its take or its copy recorded it. Immutable.
 *
 * @param generation 1 + the highest generation of all readable manifests in the take's listing; 0 if unknown
 * @param listed the store's time before that listing, or before the listing of the copy, to the millisecond; null if
 *     unknown
 * @param grace grace period of the taker or copier, to the millisecond; zero if unknown
 * @param firstStored for a copy, the snapshot's time in the store that it was copied from, to the millisecond; otherwise
 *     null
 */
public record Ordering(
        long generation,
        @Nullable Instant listed,
        Duration grace,
        @Nullable Instant firstStored) {

    /** Highest generation that a manifest may contain. */
    public static final long MAX_GENERATION = 1L << 53;

    /** Longest grace period that a manifest may contain, in milliseconds. */
    public static final long MAX_GRACE = 1L << 53;

    /** Rounds the time and the grace period down to milliseconds, which can only make a snapshot late earlier. */
    public Ordering {
        if (generation < 0 || generation > MAX_GENERATION) {
            throw new IllegalArgumentException("the generation " + generation + " is not from 0 to 2^53");
        }
        if (grace.isNegative() || grace.compareTo(Duration.ofMillis(MAX_GRACE)) > 0) {
            throw new IllegalArgumentException("the grace period " + grace + " is not from 0 to 2^53 milliseconds");
        }
        listed = listed == null ? null : listed.truncatedTo(ChronoUnit.MILLIS);
        firstStored = firstStored == null ? null : firstStored.truncatedTo(ChronoUnit.MILLIS);
        grace = grace.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Creates the ordering of a snapshot that is not a copy. */
    public Ordering(long generation, @Nullable Instant listed, Duration grace) {
        this(generation, listed, grace, null);
    }

    /**
     * Returns the ordering of a copy.
     *
     * @param copy what the listing of the copy found
     * @param stored the snapshot's time in the store that it is copied from
     */
    public Ordering copied(Ordering copy, Instant stored) {
        return new Ordering(generation, copy.listed, copy.grace, stored);
    }

    /** Returns the ordering of a manifest that records none. */
    public static Ordering unknown() {
        return new Ordering(0, null, Duration.ZERO);
    }

    /** Returns whether an instant is more than half the grace period after the listing. False if that is unknown. */
    public boolean isOverdue(Instant instant) {
        return listed != null && Duration.between(listed, instant).compareTo(limit()) > 0;
    }

    /** Returns half the grace period: the time within which a take must store its manifest. */
    public Duration limit() {
        return grace.dividedBy(2);
    }
}

package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.Objects;

/**
 * Which snapshots a prune keeps: what any of its rules keeps. Whatever it says, a prune never retires the latest sound
 * snapshot, the one that was stored last, nor a pinned one. Immutable and thread-safe.
 */
public final class Retention {

    private final int last;
    private final Duration age;

    private Retention(int last, Duration age) {
        this.last = last;
        this.age = age;
    }

    /**
     * Keeps the latest snapshots, as {@link SnapshotRepository#latest} orders them.
     *
     * @throws IllegalArgumentException where the count is less than 1
     */
    public static Retention keepLast(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 snapshot is kept, not " + count);
        }
        return new Retention(count, Duration.ZERO);
    }

    /**
     * Keeps the snapshots that were stored less than this long ago, by the store's own clock.
     *
     * @throws IllegalArgumentException where the age is not positive
     */
    public static Retention youngerThan(Duration age) {
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("the age of snapshots that are kept is positive, not " + age);
        }
        return new Retention(0, age);
    }

    /** Keeps what either of both keeps. */
    public Retention and(Retention other) {
        return new Retention(Math.max(last, other.last), age.compareTo(other.age) >= 0 ? age : other.age);
    }

    /** Keeps what this keeps, and {@link #youngerThan} that age. */
    public Retention andYoungerThan(Duration value) {
        return and(youngerThan(value));
    }

    /** How many of the latest snapshots are kept; 0 where none is kept for that. */
    public int last() {
        return last;
    }

    /** How young snapshots are that are kept; zero where none is kept for that. */
    public Duration age() {
        return age;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Retention that && last == that.last && age.equals(that.age);
    }

    @Override
    public int hashCode() {
        return Objects.hash(last, age);
    }

    @Override
    public String toString() {
        String count = last == 0 ? "" : "the last " + last;
        String young = age.isZero() ? "" : "those younger than " + age;
        return count + (count.isEmpty() || young.isEmpty() ? "" : " and ") + young;
    }
}

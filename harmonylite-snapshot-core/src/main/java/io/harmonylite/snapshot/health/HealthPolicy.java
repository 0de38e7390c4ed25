package io.harmonylite.snapshot.health;

import java.time.Duration;

/**
 * The thresholds at which health reports problems. Immutable; each method returns a modified copy. Defaults:
 *
 * <ul>
 *   <li>the newest snapshot is at most a day old
 *   <li>the last proof is at most a week old
 *   <li>each stream has at least a quarter of its headroom left
 *   <li>lag is not limited
 * </ul>
 */
public final class HealthPolicy {

    private static final double DEFAULT_HEADROOM = 0.25;

    private final Duration snapshotAge;
    private final Duration proofAge;
    private final double headroom;
    private final long lag;

    private HealthPolicy(Duration snapshotAge, Duration proofAge, double headroom, long lag) {
        this.snapshotAge = snapshotAge;
        this.proofAge = proofAge;
        this.headroom = headroom;
        this.lag = lag;
    }

    /** Returns the default thresholds. */
    public static HealthPolicy defaults() {
        return new HealthPolicy(Duration.ofDays(1), Duration.ofDays(7), DEFAULT_HEADROOM, Long.MAX_VALUE);
    }

    /**
     * Sets the maximum age of the newest snapshot. Choose more than the interval between takes plus the duration of
     * one.
     *
     * @throws IllegalArgumentException if the age is not positive
     */
    public HealthPolicy maxSnapshotAge(Duration maximum) {
        return new HealthPolicy(positive(maximum), proofAge, headroom, lag);
    }

    /**
     * Sets the maximum age of the last proof. Choose more than the interval between drills.
     *
     * @throws IllegalArgumentException if the age is not positive
     */
    public HealthPolicy maxProofAge(Duration maximum) {
        return new HealthPolicy(snapshotAge, positive(maximum), headroom, lag);
    }

    /**
     * Sets the minimum headroom of each stream. Choose less than the share at which snapshots are taken.
     *
     * @param minimum a share from 0 to 1
     * @throws IllegalArgumentException if the share is not from 0 to 1
     */
    public HealthPolicy minHeadroom(double minimum) {
        if (!(minimum >= 0 && minimum <= 1)) {
            throw new IllegalArgumentException("the headroom must be from 0 to 1, not " + minimum);
        }
        return new HealthPolicy(snapshotAge, proofAge, minimum, lag);
    }

    /**
     * Sets the maximum lag of this node behind a stream, in messages.
     *
     * @throws IllegalArgumentException if the lag is negative
     */
    public HealthPolicy maxLag(long maximum) {
        if (maximum < 0) {
            throw new IllegalArgumentException("the lag must not be negative: " + maximum);
        }
        return new HealthPolicy(snapshotAge, proofAge, headroom, maximum);
    }

    /** Returns the maximum age of the newest snapshot. */
    public Duration maxSnapshotAge() {
        return snapshotAge;
    }

    /** Returns the maximum age of the last proof. */
    public Duration maxProofAge() {
        return proofAge;
    }

    /** Returns the minimum headroom of each stream, from 0 to 1. */
    public double minHeadroom() {
        return headroom;
    }

    /** Returns the maximum lag of this node behind a stream, in messages. */
    public long maxLag() {
        return lag;
    }

    private static Duration positive(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the age must be positive, not " + value);
        }
        return value;
    }
}

package io.harmonylite.snapshot.health;

import java.time.Duration;

/**
 * From when on a health is stale. Immutable; each method returns a changed copy. Defaults:
 *
 * <ul>
 *   <li>the newest snapshot is at most a day old
 *   <li>the last proof is at most a week old
 *   <li>each stream has a quarter of its headroom left
 *   <li>lag does not matter
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

    /** The defaults. */
    public static HealthPolicy defaults() {
        return new HealthPolicy(Duration.ofDays(1), Duration.ofDays(7), DEFAULT_HEADROOM, Long.MAX_VALUE);
    }

    /** How old the newest snapshot may be: more than the interval of takes, and the time one needs. */
    public HealthPolicy snapshotAge(Duration most) {
        return new HealthPolicy(positive(most), proofAge, headroom, lag);
    }

    /** How old the last proof may be: more than the interval of drills. */
    public HealthPolicy proofAge(Duration most) {
        return new HealthPolicy(snapshotAge, positive(most), headroom, lag);
    }

    /**
     * How much headroom each stream has at least: less than the share at which snapshots are taken.
     *
     * @param least a share, from 0 to 1
     */
    public HealthPolicy headroom(double least) {
        if (!(least >= 0 && least <= 1)) {
            throw new IllegalArgumentException("a share is from 0 to 1, not " + least);
        }
        return new HealthPolicy(snapshotAge, proofAge, least, lag);
    }

    /** How many messages this node may be behind a stream. */
    public HealthPolicy lag(long most) {
        if (most < 0) {
            throw new IllegalArgumentException("a lag is not negative: " + most);
        }
        return new HealthPolicy(snapshotAge, proofAge, headroom, most);
    }

    /** How old the newest snapshot may be. */
    public Duration snapshotAge() {
        return snapshotAge;
    }

    /** How old the last proof may be. */
    public Duration proofAge() {
        return proofAge;
    }

    /** How much headroom each stream has at least. */
    public double headroom() {
        return headroom;
    }

    /** How many messages this node may be behind a stream. */
    public long lag() {
        return lag;
    }

    private static Duration positive(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("an age is positive: " + value);
        }
        return value;
    }
}

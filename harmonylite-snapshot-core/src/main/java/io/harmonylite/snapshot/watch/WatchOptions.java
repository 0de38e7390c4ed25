package io.harmonylite.snapshot.watch;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the loop runs. Immutable and thread-safe; each method returns a changed copy. Defaults:
 *
 * <ul>
 *   <li>it checks once a minute, a tenth of that sooner or later
 *   <li>after a failure it waits 30 seconds, after each further one twice as long, up to 30 minutes, a tenth more or less
 *   <li>a take is given up after half the manager's grace period: one that lasts longer could not be committed
 *   <li>there are no drills
 *   <li>where the manager has a trim policy, it trims once an hour, and after each drill
 *   <li>nobody listens
 * </ul>
 */
public final class WatchOptions {

    private static final WatchOptions DEFAULTS = new WatchOptions(
            Duration.ofMinutes(1),
            0.1,
            Duration.ofSeconds(30),
            Duration.ofMinutes(30),
            null,
            null,
            Duration.ofHours(1),
            WatchListener.none());

    private final Duration checkEvery;
    private final double jitter;
    private final Duration firstWait;
    private final Duration longestWait;
    private final @Nullable Duration takeDeadline;
    private final @Nullable Duration drillEvery;
    private final Duration trimEvery;
    private final WatchListener listener;

    private WatchOptions(
            Duration checkEvery,
            double jitter,
            Duration firstWait,
            Duration longestWait,
            @Nullable Duration takeDeadline,
            @Nullable Duration drillEvery,
            Duration trimEvery,
            WatchListener listener) {
        this.checkEvery = checkEvery;
        this.jitter = jitter;
        this.firstWait = firstWait;
        this.longestWait = longestWait;
        this.takeDeadline = takeDeadline;
        this.drillEvery = drillEvery;
        this.trimEvery = trimEvery;
        this.listener = listener;
    }

    /** The defaults. */
    public static WatchOptions defaults() {
        return DEFAULTS;
    }

    /** How often it is asked whether a snapshot is due. A check lists the store and asks each stream twice or thrice. */
    public WatchOptions checkEvery(Duration value) {
        return new WatchOptions(
                positive(value), jitter, firstWait, longestWait, takeDeadline, drillEvery, trimEvery, listener);
    }

    /**
     * By which share waits are longer or shorter, at random, so that nodes that were started together do not ask together.
     *
     * @param share 0 or more, less than 1
     */
    public WatchOptions jitter(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("jitter is at least 0 and less than 1, not " + share);
        }
        return new WatchOptions(
                checkEvery, share, firstWait, longestWait, takeDeadline, drillEvery, trimEvery, listener);
    }

    /**
     * How long to wait after a failure.
     *
     * @param first after the first one; twice as long after each further one
     * @param longest and no longer than this
     */
    public WatchOptions backoff(Duration first, Duration longest) {
        if (positive(longest).compareTo(positive(first)) < 0) {
            throw new IllegalArgumentException("the longest wait is not shorter than the first: " + longest);
        }
        return new WatchOptions(checkEvery, jitter, first, longest, takeDeadline, drillEvery, trimEvery, listener);
    }

    /**
     * When a take of the loop is given up. It ends by interruption, so that SQLite's copy of the pages goes to its end first.
     * The scheduler needs a thread for it that is free: an executor that runs work in place leaves none to a scheduler of one.
     */
    public WatchOptions takeDeadline(Duration value) {
        return new WatchOptions(
                checkEvery, jitter, firstWait, longestWait, positive(value), drillEvery, trimEvery, listener);
    }

    /**
     * Also proves the newest snapshot, as {@code SnapshotManager.prove}: whenever the last proof, whoever made it, is older than
     * this by the store's clock, so that of several nodes one does it. It is asked once an hour, or as often as this.
     */
    public WatchOptions drillEvery(Duration value) {
        return new WatchOptions(
                checkEvery, jitter, firstWait, longestWait, takeDeadline, positive(value), trimEvery, listener);
    }

    /** How often it trims, where the manager has a trim policy; and after each drill. */
    public WatchOptions trimEvery(Duration value) {
        return new WatchOptions(
                checkEvery, jitter, firstWait, longestWait, takeDeadline, drillEvery, positive(value), listener);
    }

    /** Who is told what the loop does. */
    public WatchOptions listener(WatchListener value) {
        Objects.requireNonNull(value, "listener");
        return new WatchOptions(checkEvery, jitter, firstWait, longestWait, takeDeadline, drillEvery, trimEvery, value);
    }

    /** How often it is asked whether a snapshot is due. */
    public Duration checkEvery() {
        return checkEvery;
    }

    /** By which share waits are longer or shorter. */
    public double jitter() {
        return jitter;
    }

    /** How long to wait after the first failure. */
    public Duration firstWait() {
        return firstWait;
    }

    /** How long to wait at most after a failure. */
    public Duration longestWait() {
        return longestWait;
    }

    /** When a take is given up; empty for the default. */
    public Optional<Duration> takeDeadline() {
        return Optional.ofNullable(takeDeadline);
    }

    /** How old the last proof may be; empty where there are no drills. */
    public Optional<Duration> drillEvery() {
        return Optional.ofNullable(drillEvery);
    }

    /** How often it trims. */
    public Duration trimEvery() {
        return trimEvery;
    }

    /** Who is told what the loop does. */
    public WatchListener listener() {
        return listener;
    }

    private static Duration positive(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("a time to wait is positive: " + value);
        }
        return value;
    }
}

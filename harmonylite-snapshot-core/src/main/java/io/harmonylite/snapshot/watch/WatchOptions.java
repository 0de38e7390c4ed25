package io.harmonylite.snapshot.watch;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Options of the watch loop. Immutable and thread-safe; each method returns a changed copy. Defaults:
 *
 * <ul>
 *   <li>a check once a minute, plus or minus 10 %
 *   <li>after a failure a wait of 30 seconds, doubled after each further failure up to 30 minutes, plus or minus 10 %
 *   <li>a take is cancelled after half the manager's grace period, because a longer take could not be committed
 *   <li>a drill every 24 hours, the first one after the first take
 *   <li>if the manager has a trim policy, a trim once an hour and after each drill
 *   <li>no listener
 * </ul>
 */
public final class WatchOptions {

    private static final WatchOptions DEFAULTS = new WatchOptions(
            Duration.ofMinutes(1),
            0.1,
            Duration.ofSeconds(30),
            Duration.ofMinutes(30),
            null,
            Duration.ofHours(24),
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

    /** Returns the defaults. */
    public static WatchOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the interval between checks whether a snapshot is due. A check lists the store and sends two or three
     * requests for each stream.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public WatchOptions checkEvery(Duration value) {
        return new WatchOptions(
                positive(value), jitter, firstWait, longestWait, takeDeadline, drillEvery, trimEvery, listener);
    }

    /**
     * Sets the share by which waits are randomly longer or shorter, so that nodes that start together do not send their
     * requests together.
     *
     * @param share at least 0 and less than 1
     * @throws IllegalArgumentException if the share is out of range
     */
    public WatchOptions jitter(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("jitter must be at least 0 and less than 1, not " + share);
        }
        return new WatchOptions(
                checkEvery, share, firstWait, longestWait, takeDeadline, drillEvery, trimEvery, listener);
    }

    /**
     * Sets the wait after failures.
     *
     * @param first wait after the first failure, doubled after each further one
     * @param longest maximum wait
     * @throws IllegalArgumentException if a wait is not positive or {@code longest} is shorter than {@code first}
     */
    public WatchOptions backoff(Duration first, Duration longest) {
        if (positive(longest).compareTo(positive(first)) < 0) {
            throw new IllegalArgumentException(
                    "the longest wait must be at least the first wait: " + longest + " is less than " + first);
        }
        return new WatchOptions(checkEvery, jitter, first, longest, takeDeadline, drillEvery, trimEvery, listener);
    }

    /**
     * Sets the deadline after which a take of the loop is cancelled. The take is interrupted; SQLite's copy of the
     * pages completes first. The deadline needs a free thread of the scheduler. An executor that runs work in the
     * calling thread leaves none if the scheduler has one thread.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public WatchOptions takeDeadline(Duration value) {
        return new WatchOptions(
                checkEvery, jitter, firstWait, longestWait, positive(value), drillEvery, trimEvery, listener);
    }

    /**
     * Sets the interval between drills. A drill rebuilds and proves the newest snapshot when there is no proof, or the
     * last proof is older than this by the store's clock. A proof by any node counts, so of several nodes one does the
     * drill. The age is checked after each take and once an hour, or at this interval if it is shorter. A drill reads
     * the whole snapshot and needs scratch space for the image.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public WatchOptions drillEvery(Duration value) {
        return new WatchOptions(
                checkEvery, jitter, firstWait, longestWait, takeDeadline, positive(value), trimEvery, listener);
    }

    /** Runs no drills in this loop. Health then expects no proof, and reports only one that has become too old. */
    public WatchOptions noDrills() {
        return new WatchOptions(checkEvery, jitter, firstWait, longestWait, takeDeadline, null, trimEvery, listener);
    }

    /**
     * Sets the interval between trims, if the manager has a trim policy. A trim also runs after each drill.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public WatchOptions trimEvery(Duration value) {
        return new WatchOptions(
                checkEvery, jitter, firstWait, longestWait, takeDeadline, drillEvery, positive(value), listener);
    }

    /** Sets the listener for reports of the loop. */
    public WatchOptions listener(WatchListener value) {
        Objects.requireNonNull(value, "listener");
        return new WatchOptions(checkEvery, jitter, firstWait, longestWait, takeDeadline, drillEvery, trimEvery, value);
    }

    /** Returns the interval between checks. */
    public Duration checkEvery() {
        return checkEvery;
    }

    /** Returns the share by which waits are randomly longer or shorter. */
    public double jitter() {
        return jitter;
    }

    /** Returns the wait after the first failure. */
    public Duration firstWait() {
        return firstWait;
    }

    /** Returns the maximum wait after a failure. */
    public Duration longestWait() {
        return longestWait;
    }

    /** Returns the deadline after which a take is cancelled; empty for the default. */
    public Optional<Duration> takeDeadline() {
        return Optional.ofNullable(takeDeadline);
    }

    /** Returns the age of the last proof at which a drill is due; empty if there are no drills. */
    public Optional<Duration> drillEvery() {
        return Optional.ofNullable(drillEvery);
    }

    /** Returns the interval between trims. */
    public Duration trimEvery() {
        return trimEvery;
    }

    /** Returns the listener for reports of the loop. */
    public WatchListener listener() {
        return listener;
    }

    private static Duration positive(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the duration must be positive, not " + value);
        }
        return value;
    }
}

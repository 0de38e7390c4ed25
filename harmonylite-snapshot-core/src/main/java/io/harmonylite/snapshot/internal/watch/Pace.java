package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.DutyStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a duty runs. Immutable.
 *
 * @param period how long after each run the next one begins; null for a duty that others call for
 * @param backoff how long after a failure
 * @param jitter by which share each wait is longer or shorter
 */
record Pace(@Nullable Duration period, Backoff backoff, double jitter) {

    /** How long to wait for the first run: next to nothing, and not the same for all. Empty where somebody calls for it. */
    Optional<Duration> first(RandomGenerator random) {
        return Optional.ofNullable(period).map(wait -> scaled(wait, jitter * random.nextDouble()));
    }

    /** How long to wait after a run; empty where somebody calls for the next one. */
    Optional<Duration> next(DutyStatus after, RandomGenerator random) {
        int failures = after.consecutiveFailures();
        Optional<Duration> wait = failures > 0 ? Optional.of(backoff.after(failures)) : Optional.ofNullable(period);
        return wait.map(each -> scaled(each, 1 + jitter * (2 * random.nextDouble() - 1)));
    }

    private static Duration scaled(Duration wait, double factor) {
        return Duration.ofMillis(Math.round(wait.toMillis() * factor));
    }
}

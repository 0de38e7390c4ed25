package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.DutyStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Schedule of a duty; the period is null if other duties start it, jitter a share of each wait. Immutable. */
record Pace(@Nullable Duration period, Backoff backoff, double jitter) {

    /** Returns the wait before the first run: short, and random. Empty if another duty starts it. */
    Optional<Duration> first(RandomGenerator random) {
        return Optional.ofNullable(period).map(wait -> scaled(wait, jitter * random.nextDouble()));
    }

    /** Returns the wait after a run; empty if another duty starts the next one. */
    Optional<Duration> next(DutyStatus after, RandomGenerator random) {
        int failures = after.consecutiveFailures();
        Optional<Duration> wait = failures > 0 ? Optional.of(backoff.after(failures)) : Optional.ofNullable(period);
        return wait.map(each -> scaled(each, 1 + jitter * (2 * random.nextDouble() - 1)));
    }

    private static Duration scaled(Duration wait, double factor) {
        return Duration.ofMillis(Math.round(wait.toMillis() * factor));
    }
}

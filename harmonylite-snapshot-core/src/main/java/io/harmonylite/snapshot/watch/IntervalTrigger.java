package io.harmonylite.snapshot.watch;

import java.time.Duration;
import java.util.Optional;

/** Fires when a time has passed since the newest snapshot. */
record IntervalTrigger(Duration interval) implements Trigger {

    IntervalTrigger {
        requirePositive(interval);
    }

    static void requirePositive(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("the interval between snapshots must be positive, not " + time);
        }
    }

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        Optional<Duration> since = observation.sinceNewest();
        if (since.isPresent() && since.get().compareTo(interval) < 0) {
            return Optional.empty();
        }
        String sentence = since.map(age -> "the newest snapshot is " + age.toSeconds() + " s old")
                .orElse("no snapshot exists yet");
        return Optional.of(new TriggerReason(TriggerReason.Kind.INTERVAL, sentence));
    }

    @Override
    public String toString() {
        return "every " + interval;
    }
}

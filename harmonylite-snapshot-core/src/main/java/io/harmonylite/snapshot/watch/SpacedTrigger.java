package io.harmonylite.snapshot.watch;

import java.time.Duration;
import java.util.Optional;

/** Fires when another trigger fires, but not within a time after the newest snapshot. */
record SpacedTrigger(Trigger trigger, Duration least) implements Trigger {

    SpacedTrigger {
        IntervalTrigger.requirePositive(least);
    }

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        boolean tooSoon = observation
                .sinceNewest()
                .filter(since -> since.compareTo(least) < 0)
                .isPresent();
        return tooSoon ? Optional.empty() : trigger.decide(observation);
    }

    @Override
    public boolean needsStreams() {
        return trigger.needsStreams();
    }

    @Override
    public boolean isForClose() {
        return trigger.isForClose();
    }

    @Override
    public String toString() {
        return "(" + trigger + "), at most every " + least;
    }
}

package io.harmonylite.snapshot.watch;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Fires when any of several triggers fires. Gives the reason of the first one. */
record AnyTrigger(List<Trigger> triggers) implements Trigger {

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        return triggers.stream()
                .flatMap(trigger -> trigger.decide(observation).stream())
                .findFirst();
    }

    @Override
    public boolean needsStreams() {
        return triggers.stream().allMatch(Trigger::needsStreams);
    }

    @Override
    public boolean isForClose() {
        return triggers.stream().anyMatch(Trigger::isForClose);
    }

    @Override
    public String toString() {
        return triggers.stream().map(Trigger::toString).collect(Collectors.joining(" or "));
    }
}

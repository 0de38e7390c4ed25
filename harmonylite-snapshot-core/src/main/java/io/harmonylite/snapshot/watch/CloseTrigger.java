package io.harmonylite.snapshot.watch;

import java.util.Optional;

/** Fires when the manager is closed. */
record CloseTrigger() implements Trigger {

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        return observation.occasion() == Occasion.SHUTDOWN
                ? Optional.of(new TriggerReason(TriggerReason.Kind.SHUTDOWN, "the manager is being closed"))
                : Optional.empty();
    }

    @Override
    public boolean isForClose() {
        return true;
    }

    @Override
    public String toString() {
        return "before close";
    }
}

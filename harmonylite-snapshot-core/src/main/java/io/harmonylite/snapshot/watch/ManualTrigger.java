package io.harmonylite.snapshot.watch;

import java.util.Optional;

/** Never fires. */
record ManualTrigger() implements Trigger {

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "manual";
    }
}

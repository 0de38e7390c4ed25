package io.harmonylite.snapshot.watch;

import java.util.Optional;

/** Never fires. */
record ManualTrigger() implements Trigger {

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        return Optional.empty();
    }

    @Override
    public boolean needsStreams() {
        return false;
    }

    @Override
    public boolean isForClose() {
        return false;
    }

    @Override
    public String toString() {
        return "manual";
    }
}

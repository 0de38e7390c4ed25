package io.harmonylite.snapshot.watch;

import java.util.Optional;

/** Fires when this node has applied a number of messages that the newest snapshot does not contain. */
record MessageTrigger(long count, Counted counted) implements Trigger {

    enum Counted {
        ANY_STREAM,
        ALL_STREAMS
    }

    MessageTrigger {
        if (count < 1) {
            throw new IllegalArgumentException("the number of messages must be at least 1, not " + count);
        }
    }

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        return counted == Counted.ANY_STREAM ? ofOne(observation) : ofAll(observation);
    }

    private Optional<TriggerReason> ofOne(TriggerInput observation) {
        return observation.streams().stream()
                .filter(stream -> stream.unsaved() >= count)
                .findFirst()
                .map(stream -> reason(stream.unsaved() + " messages of " + stream.stream()));
    }

    private Optional<TriggerReason> ofAll(TriggerInput observation) {
        long unsaved = observation.unsaved();
        return unsaved >= count ? Optional.of(reason(unsaved + " messages")) : Optional.empty();
    }

    private static TriggerReason reason(String messages) {
        return new TriggerReason(TriggerReason.Kind.MESSAGES, messages + " were applied since the newest snapshot");
    }

    @Override
    public boolean needsStreams() {
        return true;
    }

    @Override
    public String toString() {
        return "every " + count + " messages" + (counted == Counted.ALL_STREAMS ? " in total" : "");
    }
}

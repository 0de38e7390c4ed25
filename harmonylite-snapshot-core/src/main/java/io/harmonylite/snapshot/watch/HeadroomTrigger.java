package io.harmonylite.snapshot.watch;

import java.util.Locale;
import java.util.Optional;

/** Fires when the newest snapshot will soon stop covering a stream that this node has applied beyond it. */
record HeadroomTrigger(double share) implements Trigger {

    private static final int SAFETY = 2;

    HeadroomTrigger {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("a headroom share must be greater than 0 and less than 1, not " + share);
        }
    }

    @Override
    public Optional<TriggerReason> decide(TriggerInput observation) {
        return observation.streams().stream()
                .filter(stream -> stream.unsaved() > 0)
                .filter(stream -> isLow(stream.headroom(observation.now()), observation))
                .findFirst()
                .map(stream -> reason(stream, stream.headroom(observation.now())));
    }

    private boolean isLow(Headroom headroom, TriggerInput observation) {
        return headroom.share() < share
                || headroom.lasts()
                        .filter(lasts -> lasts.compareTo(observation.leadTime().multipliedBy(SAFETY)) <= 0)
                        .isPresent();
    }

    private static TriggerReason reason(ObservedStream stream, Headroom headroom) {
        return new TriggerReason(
                TriggerReason.Kind.HEADROOM,
                String.format(Locale.ROOT, "headroom of %s is %.0f %%", stream.stream(), 100 * headroom.share())
                        + headroom.lasts()
                                .map(lasts -> ", used up in " + lasts.toSeconds() + " s")
                                .orElse(""));
    }

    @Override
    public boolean needsStreams() {
        return true;
    }

    @Override
    public String toString() {
        return "when headroom is below " + share;
    }
}

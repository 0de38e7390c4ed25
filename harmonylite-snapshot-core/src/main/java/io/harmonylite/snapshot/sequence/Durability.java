package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.internal.sequence.WritePolicy;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/** When a {@link FileSequenceMap} writes what was counted. Immutable. */
public final class Durability {

    /** Every count is on disk when it returns. Callers that count at the same time share one write. */
    public static final Durability EVERY_APPLY = new Durability("EVERY_APPLY", WritePolicy::atOnce);

    /** Counts stay in memory until {@link FileSequenceMap#flush} or {@link FileSequenceMap#close}. */
    public static final Durability MANUAL = new Durability("MANUAL", WritePolicy::onDemand);

    private final String name;
    private final Supplier<WritePolicy> policy;

    private Durability(String name, Supplier<WritePolicy> policy) {
        this.name = name;
        this.policy = policy;
    }

    /**
     * Counts stay in memory; the first one that comes {@code interval} or more after the last write writes them all. No
     * thread waits for the time to come: after the last message of a burst, {@link FileSequenceMap#flush} or
     * {@link FileSequenceMap#close} writes the rest.
     *
     * @throws IllegalArgumentException where it is not positive
     */
    public static Durability interval(Duration interval) {
        if (Objects.requireNonNull(interval, "interval").isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("an interval is positive, not " + interval);
        }
        return new Durability("interval(" + interval + ")", () -> WritePolicy.interval(interval, System::nanoTime));
    }

    /** For one map: it remembers when that was written. */
    WritePolicy policy() {
        return policy.get();
    }

    @Override
    public String toString() {
        return name;
    }
}

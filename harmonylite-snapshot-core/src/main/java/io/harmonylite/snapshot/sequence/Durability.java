package io.harmonylite.snapshot.sequence;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When a {@link FileSequenceMap} writes what was counted. Immutable. */
public final class Durability {

    /** Every count is on disk when it returns. Callers that count at the same time share one write. */
    public static final Durability EVERY_APPLY = new Durability("EVERY_APPLY", null);

    /** Counts stay in memory until {@link FileSequenceMap#flush} or {@link FileSequenceMap#close}. */
    public static final Durability MANUAL = new Durability("MANUAL", null);

    private final String name;
    private final @Nullable Duration interval;

    private Durability(String name, @Nullable Duration interval) {
        this.name = name;
        this.interval = interval;
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
        return new Durability("interval(" + interval + ")", interval);
    }

    /** The interval, where there is one. */
    Optional<Duration> interval() {
        return Optional.ofNullable(interval);
    }

    @Override
    public String toString() {
        return name;
    }
}

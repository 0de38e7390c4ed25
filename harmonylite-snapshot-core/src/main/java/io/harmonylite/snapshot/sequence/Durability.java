package io.harmonylite.snapshot.sequence;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Decides when a {@link FileSequenceMap} writes its counts. Immutable and thread-safe. */
public final class Durability {

    /** Writes each count before the call returns. Callers that count at the same time share one write. */
    public static final Durability EVERY_APPLY = new Durability("EVERY_APPLY", () -> GroupCommit::await);

    /** Keeps counts in memory until {@link FileSequenceMap#flush} or {@link FileSequenceMap#close}. */
    public static final Durability MANUAL = new Durability("MANUAL", () -> (commit, change) -> {});

    private final String name;
    private final Supplier<WriteRule> rule;

    private Durability(String name, Supplier<WriteRule> rule) {
        this.name = name;
        this.rule = rule;
    }

    /**
     * Keeps counts in memory. The first count that comes {@code interval} or more after the last write writes them all.
     * No thread waits for the interval to end: after the last message of a burst, {@link FileSequenceMap#flush} or
     * {@link FileSequenceMap#close} writes the rest.
     *
     * @throws IllegalArgumentException if the interval is not positive
     */
    public static Durability interval(Duration interval) {
        if (Objects.requireNonNull(interval, "interval").isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("the interval must be positive, not " + interval);
        }
        return new Durability("interval(" + interval + ")", () -> every(interval.toNanos()));
    }

    private static WriteRule every(long nanos) {
        AtomicLong last = new AtomicLong(System.nanoTime());
        return (commit, change) -> {
            long before = last.get();
            long now = System.nanoTime();
            if (now - before >= nanos && last.compareAndSet(before, now)) {
                commit.offer(change);
            }
        };
    }

    /** Returns a rule for one map: it remembers when that map was last written. */
    WriteRule newRule() {
        return rule.get();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Writes counts when they are due. Thread-safe. */
    @FunctionalInterface
    interface WriteRule {

        /**
         * Called after each count, outside the gate.
         *
         * @param change number of the change that must be written sooner or later
         */
        void counted(GroupCommit commit, long change);
    }
}

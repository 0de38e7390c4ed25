package io.harmonylite.snapshot.internal.sequence;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** When counts are written. Thread-safe. */
@FunctionalInterface
public interface WritePolicy {

    /** Called after each count, outside the gate, with the number of the change that must be written sooner or later. */
    void counted(GroupCommit commit, long change);

    /** At once. */
    static WritePolicy atOnce() {
        return GroupCommit::await;
    }

    /** Not before somebody asks for it. */
    static WritePolicy onDemand() {
        return (commit, change) -> {};
    }

    /**
     * When some time has passed since the last attempt.
     *
     * @param nanoTime a clock that only goes forward
     */
    static WritePolicy interval(Duration interval, LongSupplier nanoTime) {
        long nanos = interval.toNanos();
        AtomicLong last = new AtomicLong(nanoTime.getAsLong());
        return (commit, change) -> {
            long before = last.get();
            long now = nanoTime.getAsLong();
            if (now - before >= nanos && last.compareAndSet(before, now)) {
                commit.offer(change);
            }
        };
    }
}

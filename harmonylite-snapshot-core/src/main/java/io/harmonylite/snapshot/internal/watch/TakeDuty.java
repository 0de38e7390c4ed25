package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.internal.take.TakeResult;
import io.harmonylite.snapshot.watch.Occasion;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.TriggerInput;
import io.harmonylite.snapshot.watch.TriggerReason;
import io.harmonylite.snapshot.watch.WatchOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a snapshot if one is due, by a second evaluation too, once it has the exclusive right to take: another node may
 * have taken one since. Used by one thread at a time; {@link #observation} by any thread.
 */
public final class TakeDuty implements Duty {

    private final Trigger trigger;
    private final Observer observer;
    private final Turn turn;
    private final Taking taking;
    private final Duration period;
    private Duration lastTake = Duration.ZERO;
    private @Nullable Instant unchangedAt;
    private volatile @Nullable TriggerInput observation;

    public TakeDuty(Trigger trigger, Observer observer, Turn turn, Taking taking, Duration period) {
        this.trigger = trigger;
        this.observer = observer;
        this.turn = turn;
        this.taking = taking;
        this.period = period;
    }

    @Override
    public WatchResult run(Occasion occasion) {
        return look(occasion, (seen, due) -> turn.run(() -> look(occasion, this::take)));
    }

    private WatchResult look(Occasion occasion, Step next) {
        CheckResult seen = observer.look(occasion, unchangedAt, period.plus(lastTake));
        observation = seen.observation();
        Optional<TriggerReason> due = trigger.decide(seen.observation());
        if (due.isEmpty()) {
            return WatchResult.of(WatchOutcome.NOT_DUE);
        }
        return seen.place() == CheckResult.Place.BEHIND
                ? new WatchResult(
                        WatchOutcome.BEHIND, due.get(), seen.observation().newest(), null)
                : next.run(seen, due.get());
    }

    private WatchResult take(CheckResult seen, TriggerReason due) {
        long start = System.nanoTime();
        TakeResult result = taking.run();
        if (result.novelty() == TakeResult.Novelty.TAKEN) {
            lastTake = Duration.ofNanos(System.nanoTime() - start);
            return new WatchResult(WatchOutcome.DONE, due, result.snapshot(), null);
        }
        unchangedAt = seen.observation().now();
        return new WatchResult(WatchOutcome.UNCHANGED, due, result.snapshot(), null);
    }

    /** Returns the input of the last check; null before the first check. */
    public @Nullable TriggerInput observation() {
        return observation;
    }

    /** Admits one take at a time. */
    @FunctionalInterface
    public interface Turn {

        /** Runs a take while no other take runs in this manager or, if there is a lease, on another node. */
        WatchResult run(Supplier<WatchResult> take);
    }

    /** Takes snapshots. */
    @FunctionalInterface
    public interface Taking {

        /** Takes a snapshot, unless an identical one exists. */
        TakeResult run();
    }

    private interface Step {
        WatchResult run(CheckResult seen, TriggerReason due);
    }
}

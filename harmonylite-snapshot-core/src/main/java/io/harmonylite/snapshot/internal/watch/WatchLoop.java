package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.DutyStatus;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs duties until it is stopped. Each has a schedule of its own and never runs twice at once; two duties may run at the
 * same time. Thread-safe, but for {@link #add}, which comes before {@link #start}.
 */
public final class WatchLoop {

    private static final Map<WatchDuty, WatchDuty> NEXT =
            Map.of(WatchDuty.TAKE, WatchDuty.PRUNE, WatchDuty.DRILL, WatchDuty.TRIM);

    private final LoopSettings settings;
    private final WatchOptions options;
    private final Map<WatchDuty, ScheduledDuty> duties = new EnumMap<>(WatchDuty.class);

    /** A loop without duties. */
    public WatchLoop(LoopSettings settings, WatchOptions options) {
        this.settings = settings;
        this.options = options;
    }

    /**
     * Adds a duty.
     *
     * @param period how long after each run the next one begins; null where another duty calls for it
     * @param deadline how long a run may last; null for as long as it likes
     */
    public void add(WatchDuty kind, Duty duty, @Nullable Duration period, @Nullable Duration deadline) {
        Backoff backoff = new Backoff(options.firstWait(), options.longestWait());
        Pace pace = new Pace(period, backoff, options.jitter());
        duties.put(kind, new ScheduledDuty(kind, duty, pace, deadline, settings, () -> ended(kind)));
    }

    /** What one duty has done may be work for another one. */
    private void ended(WatchDuty kind) {
        WatchDuty next = NEXT.get(kind);
        ScheduledDuty called = next == null ? null : duties.get(next);
        if (called != null) {
            called.callFor();
        }
    }

    /** Begins. */
    public void start() {
        duties.values().forEach(ScheduledDuty::start);
    }

    /** How each duty stands. */
    public Map<WatchDuty, DutyStatus> status() {
        Map<WatchDuty, DutyStatus> status = new EnumMap<>(WatchDuty.class);
        duties.forEach((kind, duty) -> status.put(kind, duty.status()));
        return status;
    }

    /**
     * Ends: nothing begins any more, what runs is cut short, and has ended on return. A run on the current thread is not
     * waited for.
     */
    public void stop() {
        stop(duties.values());
    }

    /** Ends as {@link #stop}, but lets a take that runs go on to its end, and then asks once more whether one is due. */
    public void stopAfterLastTake() {
        ScheduledDuty take = duties.get(WatchDuty.TAKE);
        if (take == null) {
            stop();
            return;
        }
        take.stop();
        stop(duties.values().stream().filter(duty -> duty != take).toList());
        take.await();
        if (!take.isOnThisThread()) {
            take.last();
            stop(List.of(take));
        }
    }

    private static void stop(Collection<ScheduledDuty> ending) {
        ending.forEach(ScheduledDuty::stop);
        ending.forEach(ScheduledDuty::cut);
        ending.forEach(ScheduledDuty::await);
    }
}

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

/** Runs duties, each on its own schedule and never twice at once. Thread-safe; {@link #add} precedes {@link #start}. */
public final class WatchLoop {

    private static final Map<WatchDuty, List<WatchDuty>> NEXT =
            Map.of(WatchDuty.TAKE, List.of(WatchDuty.PRUNE, WatchDuty.DRILL), WatchDuty.DRILL, List.of(WatchDuty.TRIM));

    private final LoopSettings settings;
    private final WatchOptions options;
    private final Map<WatchDuty, ScheduledDuty> duties = new EnumMap<>(WatchDuty.class);

    /** Creates a loop without duties. */
    public WatchLoop(LoopSettings settings, WatchOptions options) {
        this.settings = settings;
        this.options = options;
    }

    /** Adds a duty; the period is null if another duty starts it, the deadline if a run may take any time. */
    public void add(WatchDuty kind, Duty duty, @Nullable Duration period, @Nullable Duration deadline) {
        Backoff backoff = new Backoff(options.firstWait(), options.longestWait());
        Pace pace = new Pace(period, backoff, options.jitter());
        duties.put(kind, new ScheduledDuty(kind, duty, pace, deadline, settings, () -> ended(kind)));
    }

    /** Starts the duties that follow a completed one. */
    private void ended(WatchDuty kind) {
        for (WatchDuty next : NEXT.getOrDefault(kind, List.of())) {
            ScheduledDuty called = duties.get(next);
            if (called != null) {
                called.callFor();
            }
        }
    }

    /** Starts the loop. */
    public void start() {
        duties.values().forEach(ScheduledDuty::start);
    }

    /** Returns the status of each duty. */
    public Map<WatchDuty, DutyStatus> status() {
        Map<WatchDuty, DutyStatus> status = new EnumMap<>(WatchDuty.class);
        duties.forEach((kind, duty) -> status.put(kind, duty.status()));
        return status;
    }

    /** Stops the loop: no run begins afterwards, and all others have been cancelled and have ended. */
    public void stop() {
        stop(duties.values());
    }

    /** Stops the loop like {@link #stop}, but lets a running take finish and then evaluates the trigger once more. */
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

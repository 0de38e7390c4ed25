package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.watch.DrillDuty;
import io.harmonylite.snapshot.internal.watch.Duty;
import io.harmonylite.snapshot.internal.watch.LoopSettings;
import io.harmonylite.snapshot.internal.watch.OwnScheduler;
import io.harmonylite.snapshot.internal.watch.TakeDuty;
import io.harmonylite.snapshot.internal.watch.WatchLoop;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The loop of one manager: not begun, running, or stopped for good. Thread-safe. */
final class Watching {

    private final @Nullable Trigger trigger;
    private final WatchOptions options;
    private final Function<ScheduledExecutorService, LoopSettings> settings;
    private final Duties duties;

    private @Nullable WatchLoop loop;
    private @Nullable TakeDuty take;
    private Runnable release = () -> {};
    private boolean stopped;

    Watching(
            @Nullable Trigger trigger,
            WatchOptions options,
            Function<ScheduledExecutorService, LoopSettings> settings,
            Duties duties) {
        this.trigger = trigger;
        this.options = options;
        this.settings = settings;
        this.duties = duties;
    }

    /** Runs on a thread of its own. */
    void start() {
        ScheduledExecutorService own = OwnScheduler.create();
        start(own, own::shutdownNow);
    }

    /** Runs on the host's scheduler. */
    void start(ScheduledExecutorService scheduler) {
        start(scheduler, () -> {});
    }

    private synchronized void start(ScheduledExecutorService scheduler, Runnable whenStopped) {
        if (trigger == null) {
            throw new SnapshotConfigurationException(
                    "nothing says when a snapshot is due; give the manager's builder a trigger");
        }
        if (loop != null || stopped) {
            throw new IllegalStateException("the loop was started, or the manager closed, already");
        }
        release = whenStopped;
        take = duties.take(trigger);
        loop = new WatchLoop(settings.apply(scheduler), options);
        loop.add(WatchDuty.TAKE, take, options.checkEvery(), duties.takeDeadline());
        addOthers(loop);
        loop.start();
    }

    private void addOthers(WatchLoop begun) {
        Duty prune = duties.prune();
        if (prune != null) {
            begun.add(WatchDuty.PRUNE, prune, null, null);
        }
        DrillDuty drill = options.drillEvery().map(duties::drill).orElse(null);
        if (drill != null) {
            begun.add(WatchDuty.DRILL, drill, drill.period(), null);
        }
        Duty trim = duties.trim();
        if (trim != null) {
            begun.add(WatchDuty.TRIM, trim, options.trimEvery(), null);
        }
    }

    synchronized WatchStatus status() {
        if (loop == null || take == null) {
            return WatchStatus.NOT_STARTED;
        }
        WatchStatus.State state = stopped ? WatchStatus.State.STOPPED : WatchStatus.State.ON;
        return new WatchStatus(state, loop.status(), Optional.ofNullable(take.observation()));
    }

    /** Stops it; what runs has ended on return. */
    void stop() {
        WatchLoop running;
        synchronized (this) {
            running = stopped ? null : loop;
            stopped = true;
        }
        if (running != null && trigger != null) {
            if (trigger.isForClose()) {
                running.stopAfterLastTake();
            } else {
                running.stop();
            }
            release.run();
        }
    }

    /** What a manager's loop does. */
    interface Duties {

        TakeDuty take(Trigger trigger);

        /** Null where nothing says what to keep. */
        @Nullable
        Duty prune();

        DrillDuty drill(Duration every);

        /** Null where nothing says what may be removed. */
        @Nullable
        Duty trim();

        Duration takeDeadline();
    }
}

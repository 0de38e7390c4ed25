package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.watch.DutyStatus;
import io.harmonylite.snapshot.watch.Occasion;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a duty on a schedule: waits, runs, reports, waits again; never runs twice at once. Thread-safe. */
final class ScheduledDuty {

    private static final Logger LOG = LoggerFactory.getLogger(ScheduledDuty.class);

    private final WatchDuty kind;
    private final Duty duty;
    private final Pace pace;
    private final @Nullable Duration deadline;
    private final LoopSettings loop;
    private final Runnable afterwards;

    private DutyStatus status = DutyStatus.IDLE;
    private @Nullable DutyRun run;
    private @Nullable Future<?> waiting;
    private boolean calledFor;
    private boolean stopped;

    ScheduledDuty(
            WatchDuty kind, Duty duty, Pace pace, @Nullable Duration deadline, LoopSettings loop, Runnable afterwards) {
        this.kind = kind;
        this.duty = duty;
        this.pace = pace;
        this.deadline = deadline;
        this.loop = loop;
        this.afterwards = afterwards;
    }

    synchronized DutyStatus status() {
        return status;
    }

    void start() {
        pace.first(loop.random()).ifPresent(this::waitFor);
    }

    /** Runs the duty now, or once more after the present run. */
    synchronized void callFor() {
        if (run != null) {
            calledFor = true;
        } else {
            waitFor(Duration.ZERO);
        }
    }

    private synchronized void waitFor(Duration time) {
        if (stopped) {
            return;
        }
        cancelWaiting();
        try {
            waiting = loop.scheduler().schedule(this::begin, time.toMillis(), TimeUnit.MILLISECONDS);
            status = DutyTransition.next(
                    status, Optional.of(loop.clock().instant().plus(time)));
        } catch (RejectedExecutionException e) {
            LOG.warn("duty={} will not run again: the host's scheduler was shut down", kind, e);
        }
    }

    private void cancelWaiting() {
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    /** Starts a run. Called on the scheduler's thread; a worker does the work. */
    private void begin() {
        DutyRun begun = new DutyRun();
        synchronized (this) {
            if (stopped || run != null) {
                return;
            }
            run = begun;
            status = DutyTransition.started(status);
        }
        try {
            loop.workers().execute(() -> work(begun, Occasion.CHECK));
        } catch (RejectedExecutionException e) {
            LOG.info("duty={} waits: the executor rejected the work", kind, e);
            end(begun, WatchResult.of(WatchOutcome.BUSY), System.nanoTime());
        }
    }

    /** Runs the duty once more on the current thread, after {@link #stop} and {@link #await}. */
    void last() {
        DutyRun begun = new DutyRun();
        synchronized (this) {
            run = begun;
            status = DutyTransition.started(status);
        }
        work(begun, Occasion.SHUTDOWN);
    }

    private void work(DutyRun begun, Occasion occasion) {
        long start = System.nanoTime();
        if (begun.begin()) {
            end(begun, result(begun, occasion), start);
        }
    }

    private WatchResult result(DutyRun begun, Occasion occasion) {
        Optional<Future<?>> watchdog = watch(begun);
        Throwable failure = null;
        WatchResult result = WatchResult.of(WatchOutcome.BUSY);
        try {
            result = duty.run(occasion);
        } catch (SnapshotInProgressException e) {
            LOG.debug("duty={} waits: another operation is in progress", kind, e);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        DutyRun.Cut cut = begun.finish();
        watchdog.ifPresent(future -> future.cancel(false));
        return failure == null ? result : failed(failure, cut);
    }

    private Optional<Future<?>> watch(DutyRun begun) {
        if (deadline == null) {
            return Optional.empty();
        }
        try {
            Runnable cut = () -> begun.cut(DutyRun.Cut.DEADLINE);
            return Optional.of(loop.scheduler().schedule(cut, deadline.toMillis(), TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            LOG.warn("duty={} runs without a deadline: the host's scheduler was shut down", kind, e);
            return Optional.empty();
        }
    }

    private WatchResult failed(Throwable failure, DutyRun.Cut cut) {
        return switch (cut) {
            case NONE -> WatchResult.failed(failure);
            case CLOSE -> stopped(failure);
            case DEADLINE ->
                WatchResult.failed(new SnapshotException(
                        "the run was cancelled: it did not finish within its deadline of " + deadline, failure));
        };
    }

    private WatchResult stopped(Throwable failure) {
        LOG.debug("duty={} was cancelled", kind, failure); // Expected: the host closed the manager.
        return WatchResult.of(WatchOutcome.STOPPED);
    }

    private void end(DutyRun begun, WatchResult result, long start) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        WatchReport report = result.report(kind, loop.clock().instant(), elapsed);
        synchronized (this) {
            status = DutyTransition.ended(status, report);
        }
        report(report);
        if (report.outcome() == WatchOutcome.DONE) {
            afterwards.run();
        }
        waitAgain();
        begun.end();
    }

    private synchronized void waitAgain() {
        Optional<Duration> next = calledFor ? Optional.of(Duration.ZERO) : pace.next(status, loop.random());
        run = null;
        calledFor = false;
        next.ifPresent(this::waitFor);
    }

    private void report(WatchReport report) {
        switch (report.outcome()) {
            case NOT_DUE, BUSY, STOPPED -> LOG.debug("{}", line(report));
            case FAILED -> LOG.warn("{}", line(report), report.failure().orElse(null));
            case DONE, UNCHANGED, BEHIND -> LOG.info("{}", line(report));
        }
        try {
            loop.listener().reported(report);
        } catch (RuntimeException e) {
            LOG.warn("A listener failed; the loop continues", e); // A listener must not affect the work.
        }
    }

    private static String line(WatchReport report) {
        return "duty=" + report.duty() + " outcome=" + report.outcome() + " ms="
                + report.elapsed().toMillis()
                + report.snapshot()
                        .map(snapshot -> " snapshot=" + snapshot.id())
                        .orElse("")
                + report.reason()
                        .map(why -> " reason=\"" + why.sentence() + "\"")
                        .orElse("");
    }

    /** Prevents further runs. */
    synchronized void stop() {
        stopped = true;
        cancelWaiting();
        status = DutyTransition.next(status, Optional.empty());
    }

    /** Cancels the present run. */
    void cut() {
        DutyRun present = present();
        if (present != null) {
            present.cut(DutyRun.Cut.CLOSE);
        }
    }

    /** Waits for the end of the present run, unless it is on the current thread. */
    void await() {
        DutyRun present = present();
        if (present != null && present.cancelUnlessBegun()) {
            end(present, WatchResult.of(WatchOutcome.STOPPED), System.nanoTime());
        } else if (present != null) {
            present.await();
        }
    }

    /** Returns whether the duty is running on the current thread. */
    boolean isOnThisThread() {
        DutyRun present = present();
        return present != null && present.isOnThisThread();
    }

    private synchronized @Nullable DutyRun present() {
        return run;
    }
}

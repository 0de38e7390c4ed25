package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Progress;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.base.IORunnable;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.observation.StageEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs stages, reports them, and records in every exception its stage. Operations that may run the same stage at the
 * same time need an instance each: see {@link #withOwnProgress}. Thread-safe.
 */
public final class Stages {

    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    private final SnapshotListener listener;
    private final Object listenerLock;
    private final Map<Stage, Running> running = new ConcurrentHashMap<>();

    /** Creates stages that are reported to a listener. */
    public Stages(SnapshotListener listener) {
        this(listener, new Object());
    }

    private Stages(SnapshotListener listener, Object listenerLock) {
        this.listener = listener;
        this.listenerLock = listenerLock;
    }

    /** Returns stages with progress of their own, reported to the same listener; still one call of it at a time. */
    public Stages withOwnProgress() {
        return new Stages(listener, listenerLock);
    }

    /** Runs one stage and returns its result. Translates failures of local files; the body those of the store. */
    public <T> T run(Stage stage, IOSupplier<T> body) {
        long start = System.nanoTime();
        StageEvent event = StageEvent.begin(stage);
        Running run = new Running(start);
        running.put(stage, run);
        report(each -> each.stageStarted(stage));
        try {
            Interruption.check();
            return body.get();
        } catch (IOException e) {
            throw withStage(LocalFailures.translate(e), stage, event);
        } catch (SnapshotException e) {
            throw withStage(e, stage, event);
        } finally {
            event.end(run.done.get());
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            LOG.debug("stage={} ms={}", stage, elapsed.toMillis());
            report(each -> each.stageEnded(stage, elapsed));
        }
    }

    /** Runs one stage that returns nothing. */
    public void run(Stage stage, IORunnable action) {
        run(stage, () -> {
            action.run();
            return true;
        });
    }

    /** Reports the progress of a stage. */
    public void progressed(Stage stage, long bytesDone, long bytesTotal) {
        Running run = running.get(stage);
        if (run != null) {
            long most = run.done.accumulateAndGet(bytesDone, Math::max);
            Progress progress = new Progress(stage, most, bytesTotal, Duration.ofNanos(System.nanoTime() - run.start));
            report(each -> each.progressed(progress));
        }
    }

    /** Returns how many bytes of the image a stage has processed; the final count once it has ended. */
    public long done(Stage stage) {
        Running run = running.get(stage);
        return run == null ? 0 : run.done.get();
    }

    /** Reports the outcome of an operation. */
    public void ended(OperationOutcome outcome) {
        report(each -> each.ended(outcome));
    }

    /** Reports that a take lost its lease. */
    public void leaseLost() {
        report(SnapshotListener::leaseLost);
    }

    private void report(Consumer<SnapshotListener> call) {
        synchronized (listenerLock) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                // A listener observes; it cannot fail the work.
                LOG.warn("A listener threw; the operation continues", e);
            }
        }
    }

    private static SnapshotException withStage(SnapshotException e, Stage stage, StageEvent event) {
        ExceptionAccess.setStage(e, stage);
        event.failed(e);
        return e;
    }

    private static final class Running {

        private final long start;
        private final AtomicLong done = new AtomicLong();

        Running(long start) {
            this.start = start;
        }
    }
}

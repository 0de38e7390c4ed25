package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Progress;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotException;
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
 * Runs stages: reports them to the listener and the flight recorder, and adds the stage to every exception.
 * Thread-safe. Stages that run concurrently on one instance must differ, so that each has its own progress.
 */
public final class Stages {

    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    private final SnapshotListener listener;
    private final Object oneAtATime;
    private final Map<Stage, Running> running = new ConcurrentHashMap<>();

    /** Creates stages that report to a listener. */
    public Stages(SnapshotListener listener) {
        this(listener, new Object());
    }

    private Stages(SnapshotListener listener, Object oneAtATime) {
        this.listener = listener;
        this.oneAtATime = oneAtATime;
    }

    /**
     * Returns stages with their own progress, which report to the same listener, for an operation that may run
     * concurrently with another of its kind.
     */
    public Stages ofAnother() {
        return new Stages(listener, oneAtATime);
    }

    /** Runs one stage. */
    public <T> T run(Stage stage, Body<T> body) {
        long start = System.nanoTime();
        StageEvent event = StageEvent.begin(stage);
        Running run = new Running(start);
        running.put(stage, run);
        report(to -> to.stageStarted(stage));
        try {
            Interruption.check();
            return body.run();
        } catch (IOException e) {
            throw noted(LocalFailures.translate(e), stage, event);
        } catch (SnapshotException e) {
            throw noted(e, stage, event);
        } finally {
            event.end(run.done.get());
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            LOG.debug("stage={} ms={}", stage, elapsed.toMillis());
            report(to -> to.stageEnded(stage, elapsed));
        }
    }

    /** Runs one stage without a result. */
    public void run(Stage stage, Action action) {
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
            report(to -> to.progressed(progress));
        }
    }

    /** Returns the number of bytes of the image that a stage has processed. */
    public long done(Stage stage) {
        Running run = running.get(stage);
        return run == null ? 0 : run.done.get();
    }

    /** Reports the outcome of an operation. */
    public void ended(OperationOutcome outcome) {
        report(to -> to.ended(outcome));
    }

    /** Reports that a take lost its lease. */
    public void leaseLost() {
        report(SnapshotListener::leaseLost);
    }

    private void report(Consumer<SnapshotListener> call) {
        synchronized (oneAtATime) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("A listener failed; the operation continues", e); // A listener must not affect the work.
            }
        }
    }

    private static SnapshotException noted(SnapshotException e, Stage stage, StageEvent event) {
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

    /** Work of a stage with a result. */
    @FunctionalInterface
    public interface Body<T> {

        /**
         * Runs the work. Failures of the store must be translated already; those of local files are translated by
         * {@link Stages}.
         */
        T run() throws IOException;
    }

    /** Work of a stage without a result. */
    @FunctionalInterface
    public interface Action {

        /** Runs the work. */
        void run() throws IOException;
    }
}

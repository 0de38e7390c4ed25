package io.harmonylite.snapshot.internal.runtime;

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
 * Runs stages: tells the listener and the flight recorder, and notes in every exception the stage it came from. Thread-safe;
 * of stages that run at the same time on one of these none is the same, so that each has its own progress.
 */
public final class Stages {

    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    private final SnapshotListener listener;
    private final Object oneAtATime;
    private final Map<Stage, Running> running = new ConcurrentHashMap<>();

    /** Stages that are told to a listener. */
    public Stages(SnapshotListener listener) {
        this(listener, new Object());
    }

    private Stages(SnapshotListener listener, Object oneAtATime) {
        this.listener = listener;
        this.oneAtATime = oneAtATime;
    }

    /** Stages of an operation that may run beside another one of the same kind, told to the same listener. */
    public Stages ofAnother() {
        return new Stages(listener, oneAtATime);
    }

    /** Runs one stage. */
    public <T> T run(Stage stage, Body<T> body) {
        long start = System.nanoTime();
        StageEvent event = StageEvent.begin(stage);
        Running run = new Running(start);
        running.put(stage, run);
        tell(told -> told.stageStarted(stage));
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
            tell(told -> told.stageEnded(stage, elapsed));
        }
    }

    /** Runs one stage that returns nothing. */
    public void run(Stage stage, Action action) {
        run(stage, () -> {
            action.run();
            return true;
        });
    }

    /** Tells how far a stage has got. */
    public void progressed(Stage stage, long bytesDone, long bytesTotal) {
        Running run = running.get(stage);
        if (run != null) {
            long most = run.done.accumulateAndGet(bytesDone, Math::max);
            Progress progress = new Progress(stage, most, bytesTotal, Duration.ofNanos(System.nanoTime() - run.start));
            tell(told -> told.progressed(progress));
        }
    }

    /** Bytes of the image that a stage has done, or had when it ended. */
    public long done(Stage stage) {
        Running run = running.get(stage);
        return run == null ? 0 : run.done.get();
    }

    /** Tells how an operation ended. */
    public void ended(OperationOutcome outcome) {
        tell(told -> told.ended(outcome));
    }

    /** Tells that a take lost its lease. */
    public void leaseLost() {
        tell(SnapshotListener::leaseLost);
    }

    private void tell(Consumer<SnapshotListener> call) {
        synchronized (oneAtATime) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("A listener failed; the work goes on", e); // It is there to watch, not to decide.
            }
        }
    }

    private static SnapshotException noted(SnapshotException e, Stage stage, StageEvent event) {
        e.during(stage);
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

    /** What a stage does. */
    @FunctionalInterface
    public interface Body<T> {

        /** Does it; a failure of the store is translated already, one of local files is translated here. */
        T run() throws IOException;
    }

    /** What a stage does that returns nothing. */
    @FunctionalInterface
    public interface Action {

        /** Does it. */
        void run() throws IOException;
    }
}

package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs stages: tells the listener, and notes in every exception the stage it came from. Thread-safe. */
public final class Stages {

    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    private final SnapshotListener listener;

    /** Stages that are told to a listener. */
    public Stages(SnapshotListener listener) {
        this.listener = listener;
    }

    /** Runs one stage. */
    public <T> T run(Stage stage, Body<T> body) {
        long start = System.nanoTime();
        tell(told -> told.stageStarted(stage));
        try {
            Interruption.check();
            return body.run();
        } catch (IOException e) {
            throw noted(LocalFailures.translate(e), stage);
        } catch (SnapshotException e) {
            throw noted(e, stage);
        } finally {
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
        tell(told -> told.progressed(stage, bytesDone, bytesTotal));
    }

    /** Tells that a take lost its lease. */
    public void leaseLost() {
        tell(SnapshotListener::leaseLost);
    }

    private synchronized void tell(Consumer<SnapshotListener> call) {
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("A listener failed; the work goes on", e); // It is there to watch, not to decide.
        }
    }

    private static SnapshotException noted(SnapshotException e, Stage stage) {
        e.during(stage);
        return e;
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

package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Receives the progress of takes, verifications and restores, and the outcome of every operation. Calls are made one at
 * a time, on the thread that does the work. They should return quickly, because the work waits for them. Exceptions are
 * logged and have no other effect.
 */
public interface SnapshotListener {

    /** Called when a stage begins. */
    default void stageStarted(Stage stage) {}

    /** Called when a stage has made progress. */
    default void progressed(Progress progress) {}

    /** Called when a stage ends, successfully or not. */
    default void stageEnded(Stage stage, Duration elapsed) {}

    /**
     * Called when a take succeeded but lost its lease while it ran: another node may have taken a snapshot at the same
     * time.
     */
    default void leaseLost() {}

    /** Called when an operation ends, successfully or not. */
    default void ended(OperationOutcome outcome) {}

    /** Returns a listener that does nothing. */
    static SnapshotListener none() {
        return new SnapshotListener() {};
    }

    /** Returns a listener that calls several listeners in order. If one throws, those after it are not called. */
    static SnapshotListener all(SnapshotListener... listeners) {
        List<SnapshotListener> all = List.of(listeners);
        return new SnapshotListener() {
            private void callAll(Consumer<SnapshotListener> call) {
                all.forEach(call);
            }

            @Override
            public void stageStarted(Stage stage) {
                callAll(each -> each.stageStarted(stage));
            }

            @Override
            public void progressed(Progress progress) {
                callAll(each -> each.progressed(progress));
            }

            @Override
            public void stageEnded(Stage stage, Duration elapsed) {
                callAll(each -> each.stageEnded(stage, elapsed));
            }

            @Override
            public void leaseLost() {
                callAll(SnapshotListener::leaseLost);
            }

            @Override
            public void ended(OperationOutcome outcome) {
                callAll(each -> each.ended(outcome));
            }
        };
    }
}

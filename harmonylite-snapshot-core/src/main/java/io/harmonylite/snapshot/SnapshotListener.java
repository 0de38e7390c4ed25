package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Told how a take, a verification or a restore goes on, and how every operation ended. Calls come one at a time, on whichever
 * thread does the work; they should return quickly, since the work waits for them. What they throw is logged and changes
 * nothing.
 */
public interface SnapshotListener {

    /** A stage begins. */
    default void stageStarted(Stage stage) {}

    /** A stage has got further. */
    default void progressed(Progress progress) {}

    /** A stage ends, whether it did what it should or failed. */
    default void stageEnded(Stage stage, Duration elapsed) {}

    /** A take has ended well, and lost its lease meanwhile: another node may have taken a snapshot at the same time. */
    default void leaseLost() {}

    /** An operation ended, whether it did what it should or failed. */
    default void ended(OperationOutcome outcome) {}

    /** Listens to nothing. */
    static SnapshotListener none() {
        return new SnapshotListener() {};
    }

    /** Tells several, one after the other; where one throws, those behind it are not told. */
    static SnapshotListener all(SnapshotListener... listeners) {
        List<SnapshotListener> told = List.of(listeners);
        return new SnapshotListener() {
            private void tell(Consumer<SnapshotListener> call) {
                told.forEach(call);
            }

            @Override
            public void stageStarted(Stage stage) {
                tell(each -> each.stageStarted(stage));
            }

            @Override
            public void progressed(Progress progress) {
                tell(each -> each.progressed(progress));
            }

            @Override
            public void stageEnded(Stage stage, Duration elapsed) {
                tell(each -> each.stageEnded(stage, elapsed));
            }

            @Override
            public void leaseLost() {
                tell(SnapshotListener::leaseLost);
            }

            @Override
            public void ended(OperationOutcome outcome) {
                tell(each -> each.ended(outcome));
            }
        };
    }
}

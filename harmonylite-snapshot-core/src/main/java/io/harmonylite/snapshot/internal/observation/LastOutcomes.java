package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Records for each operation whether its last run failed, except verifications, drills without a snapshot, and
 * operations that were rejected or interrupted. Thread-safe.
 */
public final class LastOutcomes implements Consumer<OperationOutcome> {

    private final Map<Operation, OperationOutcome> failures = new EnumMap<>(Operation.class);

    /** Creates a record without failures. */
    public LastOutcomes() {}

    @Override
    public synchronized void accept(OperationOutcome outcome) {
        if (outcome.isDone()) {
            failures.remove(outcome.operation());
            if (outcome.operation() == Operation.RESTORE || outcome.operation() == Operation.RECOVER) {
                failures.remove(Operation.RESTORE);
                failures.remove(Operation.RECOVER);
            }
        } else if (outcome.operation() != Operation.VERIFY
                && outcome.failure().filter(LastOutcomes::isRejected).isEmpty()
                && !isDrillOfNothing(outcome)) {
            failures.put(outcome.operation(), outcome);
        }
    }

    private static boolean isDrillOfNothing(OperationOutcome outcome) {
        return outcome.operation() == Operation.PROVE
                && outcome.failure()
                        .filter(SnapshotNotFoundException.class::isInstance)
                        .isPresent();
    }

    private static boolean isRejected(Throwable failure) {
        return failure instanceof SnapshotInProgressException
                || failure instanceof SnapshotInterruptedException
                || failure instanceof IllegalStateException
                || failure instanceof IllegalArgumentException;
    }

    /** Returns the last outcome of each operation whose last run failed. */
    public synchronized List<OperationOutcome> failures() {
        return List.copyOf(failures.values());
    }
}

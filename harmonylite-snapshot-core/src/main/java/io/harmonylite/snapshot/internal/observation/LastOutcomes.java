package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Remembers of each operation whether its last run failed. Verifications are not remembered: what they find is about a
 * snapshot that somebody chose. What was refused or broken off is no failure. Thread-safe.
 */
public final class LastOutcomes implements Consumer<OperationOutcome> {

    private final Map<Operation, OperationOutcome> failures = new EnumMap<>(Operation.class);

    /** No operation has failed yet. */
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
                && outcome.failure().filter(LastOutcomes::isRefusal).isEmpty()) {
            failures.put(outcome.operation(), outcome);
        }
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof SnapshotInProgressException
                || failure instanceof SnapshotInterruptedException
                || failure instanceof IllegalStateException
                || failure instanceof IllegalArgumentException;
    }

    /** The last outcome of each operation whose last outcome is a failure. */
    public synchronized List<OperationOutcome> failures() {
        return List.copyOf(failures.values());
    }
}

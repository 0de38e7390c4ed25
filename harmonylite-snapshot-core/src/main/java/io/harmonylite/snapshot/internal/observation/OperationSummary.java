package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.Optional;

/** What an operation that returned reports about itself, and a problem that it does not throw. Immutable. */
public record OperationSummary(
        Optional<SnapshotId> snapshot,
        long bytes,
        long referencedBytes,
        long reusedBytes,
        long imageBytes,
        Optional<SnapshotException> problem,
        boolean isUnchanged) {

    /** Creates the summary of an operation other than an unchanged take. */
    public OperationSummary(
            Optional<SnapshotId> snapshot,
            long bytes,
            long referencedBytes,
            long reusedBytes,
            long imageBytes,
            Optional<SnapshotException> problem) {
        this(snapshot, bytes, referencedBytes, reusedBytes, imageBytes, problem, false);
    }

    /** Returns the summary of an operation that has no single snapshot. */
    public static OperationSummary of(long bytes) {
        return new OperationSummary(Optional.empty(), bytes, 0, 0, 0, Optional.empty());
    }
}

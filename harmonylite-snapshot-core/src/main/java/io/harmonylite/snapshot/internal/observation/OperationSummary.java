package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.Optional;

/**
 * What an operation that returned reports about itself. Immutable.
 *
 * @param snapshot the snapshot it worked on; empty if it was not a single one
 * @param bytes how many bytes it moved, or freed
 * @param referencedBytes bytes of earlier takes that the snapshot of a take needs too
 * @param reusedBytes bytes of the image that a restore took from the replaced database
 * @param imageBytes size of the image of a take or a restore
 * @param problem what it found to be wrong, if it returns a problem instead of throwing it
 * @param isUnchanged whether it was a take that stored nothing because an identical snapshot exists
 */
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

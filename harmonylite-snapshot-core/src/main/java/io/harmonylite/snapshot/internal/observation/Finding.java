package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.Optional;

/**
 * Summary of an operation that has returned. Immutable.
 *
 * @param snapshot the snapshot that the operation was about, if it was one
 * @param bytes number of bytes moved or freed
 * @param problem problem that the operation returned instead of throwing it
 */
public record Finding(Optional<SnapshotId> snapshot, long bytes, Optional<SnapshotException> problem) {

    /** Returns a summary about one snapshot. */
    public static Finding of(SnapshotId snapshot, long bytes) {
        return new Finding(Optional.of(snapshot), bytes, Optional.empty());
    }

    /** Returns a summary about no particular snapshot. */
    public static Finding of(long bytes) {
        return new Finding(Optional.empty(), bytes, Optional.empty());
    }
}

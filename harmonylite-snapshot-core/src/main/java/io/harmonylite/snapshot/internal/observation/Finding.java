package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.Optional;

/**
 * What an operation says of itself, once it has returned. Immutable.
 *
 * @param snapshot what it was about, where that is one snapshot
 * @param bytes how much it moved, or freed
 * @param problem what it found to be wrong, where it returns that instead of throwing it
 */
public record Finding(Optional<SnapshotId> snapshot, long bytes, Optional<SnapshotException> problem) {

    /** A finding about one snapshot. */
    public static Finding of(SnapshotId snapshot, long bytes) {
        return new Finding(Optional.of(snapshot), bytes, Optional.empty());
    }

    /** A finding about no snapshot in particular. */
    public static Finding of(long bytes) {
        return new Finding(Optional.empty(), bytes, Optional.empty());
    }
}

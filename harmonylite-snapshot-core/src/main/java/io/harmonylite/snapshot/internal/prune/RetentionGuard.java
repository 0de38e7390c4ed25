package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import java.util.List;
import java.util.Set;

/** Selects snapshots that must be kept for reasons other than retention: for example, that cover the streams. */
@FunctionalInterface
public interface RetentionGuard {

    /** Returns the snapshots that must be kept, out of the sound ones in use. */
    Set<SnapshotId> among(List<SnapshotInfo> sound);

    /** Returns a guard that keeps no snapshot. */
    static RetentionGuard none() {
        return sound -> Set.of();
    }
}

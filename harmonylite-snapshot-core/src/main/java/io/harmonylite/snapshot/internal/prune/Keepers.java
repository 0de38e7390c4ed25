package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import java.util.List;
import java.util.Set;

/** Says which snapshots must stay for reasons that retention knows nothing of, such as that they cover the streams. */
@FunctionalInterface
public interface Keepers {

    /** Of the sound snapshots in use, those that must stay. */
    Set<SnapshotId> among(List<SnapshotInfo> sound);

    /** Knows of none. */
    static Keepers none() {
        return sound -> Set.of();
    }
}

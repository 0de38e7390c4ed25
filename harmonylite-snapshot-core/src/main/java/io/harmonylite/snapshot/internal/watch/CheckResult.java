package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.watch.TriggerInput;
import java.util.List;

/** Result of a check. Immutable. */
record CheckResult(TriggerInput observation, Place place, List<SnapshotInfo> snapshots) {

    /** Position of this node, compared with the newest snapshot. */
    enum Place {
        /** The newest snapshot is further in some stream, and behind in none. */
        BEHIND,
        /** The newest snapshot is not ahead of this node. */
        ABREAST
    }
}

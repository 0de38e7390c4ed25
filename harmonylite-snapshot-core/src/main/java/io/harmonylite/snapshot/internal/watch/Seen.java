package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.watch.Observation;
import java.util.List;

/**
 * What a check has seen. Immutable.
 *
 * @param observation what the trigger decides by
 * @param place whether this node may take
 * @param snapshots every snapshot there is
 */
record Seen(Observation observation, Place place, List<SnapshotInfo> snapshots) {

    /** Where this node stands, compared with the newest snapshot. */
    enum Place {
        /** That one is further in some stream, and behind in none. */
        BEHIND,
        /** It is not. */
        ABREAST
    }
}

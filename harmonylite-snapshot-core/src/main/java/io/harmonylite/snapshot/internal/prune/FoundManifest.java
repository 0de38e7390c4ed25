package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A manifest that a survey found. Immutable.
 *
 * @param id id of the snapshot
 * @param object the manifest in the store
 * @param head the head with the times of the objects; empty if this version cannot read it
 * @param standing state of the manifest
 * @param packs packs that the manifest names, as far as they can be read
 * @param problem reason why the snapshot cannot be restored; empty if it can
 */
record FoundManifest(
        SnapshotId id,
        ObjectInfo object,
        Optional<StoredHead> head,
        ManifestStatus standing,
        Set<PackName> packs,
        Optional<SnapshotException> problem) {

    /**
     * Returns this manifest with its state at a time.
     *
     * @param end a time of the store after the manifest was listed
     */
    FoundManifest at(Instant end) {
        boolean isLate = standing == ManifestStatus.SOUND
                && head.filter(stored -> stored.isLate(end)).isPresent();
        return isLate ? new FoundManifest(id, object, head, ManifestStatus.LATE, packs, problem) : this;
    }
}

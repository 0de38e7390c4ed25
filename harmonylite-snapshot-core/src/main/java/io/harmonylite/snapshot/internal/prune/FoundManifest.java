package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A manifest that a survey found; no head if this version cannot read it, no problem if it can be restored. */
record FoundManifest(
        SnapshotId id,
        ObjectInfo object,
        Optional<StoredHead> head,
        ManifestStatus standing,
        Set<PackName> packs,
        Optional<SnapshotException> problem) {

    /** Returns this manifest with its state at a time of the store after the listing. */
    FoundManifest at(Instant end) {
        boolean isLate = standing == ManifestStatus.SOUND
                && head.filter(stored -> stored.isLate(end)).isPresent();
        return isLate ? new FoundManifest(id, object, head, ManifestStatus.LATE, packs, problem) : this;
    }
}

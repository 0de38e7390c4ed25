package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.util.Optional;
import java.util.Set;

/**
 * A manifest that a survey found. Immutable.
 *
 * @param id the snapshot
 * @param object the manifest in the store
 * @param standing what it is worth
 * @param info what it says; empty where this version cannot read that
 * @param packs the packs it names, as far as that can be read
 * @param problem why it cannot be restored, where that is so
 */
record FoundManifest(
        SnapshotId id,
        ObjectInfo object,
        Standing standing,
        Optional<SnapshotInfo> info,
        Set<PackName> packs,
        Optional<SnapshotException> problem) {}

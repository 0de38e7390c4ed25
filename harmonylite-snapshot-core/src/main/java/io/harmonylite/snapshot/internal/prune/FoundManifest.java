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
 * @param id id of the snapshot
 * @param object the manifest in the store
 * @param standing state of the manifest
 * @param info contents of the manifest; empty if this version cannot read them
 * @param packs packs that the manifest names, as far as they can be read
 * @param problem reason why the snapshot cannot be restored; empty if it can
 */
record FoundManifest(
        SnapshotId id,
        ObjectInfo object,
        ManifestStatus standing,
        Optional<SnapshotInfo> info,
        Set<PackName> packs,
        Optional<SnapshotException> problem) {}

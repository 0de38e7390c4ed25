package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.PackName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Packs that must be kept for some manifests; for an unreadable one, those that its own take wrote. */
record NeededPacks(Set<PackName> named, Set<SnapshotId> writers) {

    static NeededPacks of(Collection<FoundManifest> manifests) {
        Set<PackName> named = new HashSet<>();
        Set<SnapshotId> writers = new HashSet<>();
        for (FoundManifest manifest : manifests) {
            named.addAll(manifest.packs());
            if (manifest.standing() == ManifestStatus.UNREADABLE) {
                writers.add(manifest.id());
            }
        }
        return new NeededPacks(named, writers);
    }

    boolean contains(PackName pack) {
        return named.contains(pack) || writers.contains(pack.writer());
    }
}

package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What is in a store under one name, gathered in the order of the components. Immutable.
 *
 * @param now the store's time before anything else was looked at
 * @param packs all packs whose names are ours
 * @param clocks objects that told the time to surveys before this one, and that were left there
 * @param markers retirement markers, by snapshot
 * @param pins all pins, by snapshot
 * @param proofs all proofs, by snapshot
 * @param manifests all manifests whose names are ours
 */
record Survey(
        Instant now,
        Map<PackName, ObjectInfo> packs,
        List<ObjectInfo> clocks,
        Map<SnapshotId, ObjectInfo> markers,
        Map<SnapshotId, List<ObjectInfo>> pins,
        Map<SnapshotId, List<ObjectInfo>> proofs,
        SortedMap<SnapshotId, FoundManifest> manifests) {

    private static final int PROVEN = 2;

    /** Whether a manifest in use cannot be read, so that it cannot be known what nobody needs. */
    boolean isBlind() {
        return !inUse(Standing.UNREADABLE).isEmpty();
    }

    /** Whether a snapshot is out of use: there is a marker, and no pin. */
    boolean isRetired(SnapshotId id) {
        return markers.containsKey(id) && !pins.containsKey(id);
    }

    /** The marker of a snapshot that has one. */
    ObjectInfo marker(SnapshotId id) {
        return Objects.requireNonNull(markers.get(id), "the snapshot has a marker");
    }

    /** Whether an instant was this long ago, or longer. */
    boolean isPast(Instant instant, Duration grace) {
        return Duration.between(instant, now).compareTo(grace) >= 0;
    }

    /** Whether a snapshot is out of use since a grace period. */
    boolean isExpired(SnapshotId id, Duration grace) {
        return isRetired(id) && isPast(marker(id).lastModified(), grace);
    }

    /** Some of the manifests, ordered by id. */
    List<FoundManifest> where(Predicate<FoundManifest> condition) {
        return manifests.values().stream().filter(condition).toList();
    }

    /** Sound snapshots in use. */
    List<SnapshotInfo> sound() {
        return inUse(Standing.SOUND).stream()
                .map(FoundManifest::info)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Of the sound snapshots in use that were proven, the latest two: what streams are trimmed by. */
    Set<SnapshotId> proven() {
        List<SnapshotInfo> proven =
                sound().stream().filter(info -> proofs.containsKey(info.id())).toList();
        return SnapshotOrder.latestFirst(proven).stream()
                .limit(PROVEN)
                .map(SnapshotInfo::id)
                .collect(Collectors.toSet());
    }

    /** Snapshots in use that cannot be restored, for a reason of one kind. */
    SortedMap<SnapshotId, SnapshotException> problems(Standing standing) {
        TreeMap<SnapshotId, SnapshotException> problems = new TreeMap<>();
        inUse(standing)
                .forEach(manifest -> manifest.problem().ifPresent(problem -> problems.put(manifest.id(), problem)));
        return problems;
    }

    private List<FoundManifest> inUse(Standing standing) {
        return where(manifest -> manifest.standing() == standing && !isRetired(manifest.id()));
    }

    /** The same with manifests that no list had. */
    Survey including(List<FoundManifest> more) {
        if (more.isEmpty()) {
            return this;
        }
        TreeMap<SnapshotId, FoundManifest> all = new TreeMap<>(manifests);
        more.forEach(manifest -> all.put(manifest.id(), manifest));
        return new Survey(now, packs, clocks, markers, pins, proofs, all);
    }

    /** What it would be if some snapshots had been retired just before. */
    Survey retiring(Collection<SnapshotId> ids) {
        Map<SnapshotId, ObjectInfo> all = new TreeMap<>(markers);
        ids.forEach(id -> all.putIfAbsent(id, new ObjectInfo(id.toString(), 0, now)));
        return new Survey(now, packs, clocks, all, pins, proofs, manifests);
    }
}

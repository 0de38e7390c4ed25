package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.ProofMarker;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.internal.catalog.SnapshotTimes;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Objects of one snapshot name in a store, read in the order of the components; {@code clocks} are left behind by
 * earlier surveys, {@code end} is a time of the store after the manifests were listed. Immutable.
 */
record Survey(
        Instant now,
        Map<PackName, ObjectInfo> packs,
        List<ObjectInfo> clocks,
        Map<SnapshotId, ObjectInfo> markers,
        Map<SnapshotId, List<ObjectInfo>> pins,
        Map<SnapshotId, List<ProofMarker>> proofs,
        SortedMap<SnapshotId, FoundManifest> manifests,
        Instant end) {

    /** Returns whether a manifest in use cannot be read, so that the needed packs are unknown. */
    boolean isBlind() {
        return !inUse(ManifestStatus.UNREADABLE).isEmpty();
    }

    /** Returns whether a snapshot has a retirement marker and no pin. */
    boolean isRetired(SnapshotId id) {
        return markers.containsKey(id) && !pins.containsKey(id);
    }

    ObjectInfo marker(SnapshotId id) {
        return Objects.requireNonNull(markers.get(id), "the snapshot has a marker");
    }

    /** Returns whether an instant is at least a grace period ago. */
    boolean isPast(Instant instant, Duration grace) {
        return Duration.between(instant, now).compareTo(grace) >= 0;
    }

    /** Returns whether a snapshot was retired a grace period ago; a younger manifest may be a copy, stored since. */
    boolean isExpired(FoundManifest manifest, Duration grace) {
        return isRetired(manifest.id())
                && isPast(marker(manifest.id()).lastModified(), grace)
                && isPast(manifest.object().lastModified(), grace);
    }

    /** Returns the manifests that match a condition, ordered by id. */
    List<FoundManifest> matching(Predicate<FoundManifest> condition) {
        return manifests.values().stream().filter(condition).toList();
    }

    /** Returns the sound snapshots in use. */
    List<SnapshotInfo> sound() {
        return times(inUse(ManifestStatus.SOUND)).snapshots();
    }

    /** Returns the snapshots in use whose times cannot be right, and the late ones, with the reason. */
    SortedMap<SnapshotId, String> doubts() {
        return times(matching(manifest -> !isRetired(manifest.id()))).doubts();
    }

    private SnapshotTimes times(List<FoundManifest> found) {
        return SnapshotTimes.of(
                found.stream().flatMap(manifest -> manifest.head().stream()).toList(), end);
    }

    /** Returns the longest of the grace period and those of the takers, whose packs must stay; zero stays zero. */
    Duration longest(Duration requested) {
        return requested.isZero()
                ? requested
                : manifests.values().stream()
                        .flatMap(manifest -> manifest.head().stream())
                        .map(stored -> stored.head().ordering().grace())
                        .reduce(requested, (one, other) -> one.compareTo(other) < 0 ? other : one);
    }

    /** Returns the latest two proven ones of the sound snapshots in use, on which trimming is based. */
    Set<SnapshotId> proven() {
        Set<SnapshotId> proven = proofs.values().stream()
                .flatMap(List::stream)
                .filter(marker -> marker.proof().isPresent())
                .map(ProofMarker::snapshot)
                .collect(Collectors.toSet());
        return Proofs.latest(sound(), proven).stream().map(SnapshotInfo::id).collect(Collectors.toSet());
    }

    /** Returns the snapshots in use that cannot be restored, for a given state. */
    SortedMap<SnapshotId, SnapshotException> problems(ManifestStatus standing) {
        TreeMap<SnapshotId, SnapshotException> problems = new TreeMap<>();
        inUse(standing)
                .forEach(manifest -> manifest.problem().ifPresent(problem -> problems.put(manifest.id(), problem)));
        return problems;
    }

    private List<FoundManifest> inUse(ManifestStatus standing) {
        return matching(manifest -> manifest.standing() == standing && !isRetired(manifest.id()));
    }

    /** Returns this survey with manifests that the listing lacked. */
    Survey including(List<FoundManifest> more) {
        if (more.isEmpty()) {
            return this;
        }
        TreeMap<SnapshotId, FoundManifest> all = new TreeMap<>(manifests);
        more.forEach(manifest -> all.put(manifest.id(), manifest));
        return new Survey(now, packs, clocks, markers, pins, proofs, all, end);
    }

    /** Returns this survey as if some snapshots had just been retired. */
    Survey retiring(Collection<SnapshotId> ids) {
        Map<SnapshotId, ObjectInfo> all = new TreeMap<>(markers);
        ids.forEach(id -> all.putIfAbsent(id, new ObjectInfo(id.toString(), 0, now)));
        return new Survey(now, packs, clocks, all, pins, proofs, manifests, end);
    }
}

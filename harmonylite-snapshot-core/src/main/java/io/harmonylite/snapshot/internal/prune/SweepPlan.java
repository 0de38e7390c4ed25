package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.catalog.ProofMarker;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Objects that a sweep removes, manifests first, then packs: a pure function of a survey. Orphans are packs that no
 * manifest needs, not even a removed one. Immutable.
 */
record SweepPlan(
        List<SnapshotId> removed,
        List<ObjectInfo> manifests,
        List<ObjectInfo> packs,
        int orphans,
        List<ObjectInfo> rest,
        SortedMap<SnapshotId, Instant> waiting,
        long bytesWaiting) {

    private static final Comparator<ProofMarker> STORED = Comparator.comparing(
                    (ProofMarker marker) -> marker.object().lastModified())
            .thenComparing(marker -> marker.object().name());

    /** Plans a sweep. Removes nothing while a manifest in use cannot be read. */
    static SweepPlan of(Survey survey, Duration grace) {
        Predicate<FoundManifest> expired = manifest -> !survey.isBlind() && survey.isExpired(manifest, grace);
        Predicate<FoundManifest> inUse = manifest -> !survey.isRetired(manifest.id());
        List<FoundManifest> going = survey.matching(expired);
        List<FoundManifest> staying = survey.matching(expired.negate());
        List<FoundManifest> waiting = survey.matching(expired.or(inUse).negate());
        List<ObjectInfo> packs = packs(survey, grace, NeededPacks.of(staying));
        List<ObjectInfo> orphans =
                packs(survey, grace, NeededPacks.of(survey.manifests().values()));
        return new SweepPlan(
                going.stream().map(FoundManifest::id).toList(),
                going.stream().map(FoundManifest::object).toList(),
                packs,
                orphans.size(),
                rest(survey, grace, going),
                ends(survey, grace, waiting),
                bytes(survey, waiting, NeededPacks.of(survey.matching(inUse))));
    }

    /** Returns the packs at least a grace period old that are not needed. */
    private static List<ObjectInfo> packs(Survey survey, Duration grace, NeededPacks needed) {
        return survey.packs().entrySet().stream()
                .filter(pack ->
                        !survey.isBlind() && survey.isPast(pack.getValue().lastModified(), grace))
                .filter(pack -> !needed.contains(pack.getKey()))
                .map(pack -> pack.getValue())
                .sorted(Comparator.comparing(ObjectInfo::name))
                .toList();
    }

    /** Returns the other objects to remove, of snapshots that were removed a grace period ago. */
    private static List<ObjectInfo> rest(Survey survey, Duration grace, List<FoundManifest> going) {
        List<ObjectInfo> rest = new ArrayList<>(survey.clocks());
        survey.markers().forEach((id, marker) -> {
            if (!survey.manifests().containsKey(id)) {
                rest.add(marker);
            }
        });
        survey.pins().forEach((id, pins) -> {
            if (!survey.manifests().containsKey(id)) {
                rest.addAll(pins);
            }
        });
        survey.proofs().forEach((id, proofs) -> {
            if (!survey.manifests().containsKey(id)) {
                rest.addAll(objects(proofs));
            }
        });
        rest.removeIf(object -> survey.isBlind() || !survey.isPast(object.lastModified(), grace));
        survey.proofs().forEach((id, proofs) -> rest.addAll(superseded(survey, id, proofs)));
        going.forEach(manifest -> {
            rest.addAll(objects(survey.proofs().getOrDefault(manifest.id(), List.of())));
            rest.add(survey.marker(manifest.id()));
        });
        return rest.stream().distinct().toList();
    }

    /**
     * Returns superseded markers of any age: those before the newest readable one, and that one too if the snapshot is
     * in use but not among the last two proven.
     */
    private static List<ObjectInfo> superseded(Survey survey, SnapshotId id, List<ProofMarker> proofs) {
        FoundManifest manifest = survey.manifests().get(id);
        if (survey.isBlind() || manifest == null) {
            return List.of();
        }
        List<ProofMarker> newestFirst =
                proofs.stream().sorted(STORED.reversed()).toList();
        List<ProofMarker> fromNewestProof = newestFirst.stream()
                .dropWhile(marker -> marker.proof().isEmpty())
                .toList();
        boolean counts = manifest.standing() == ManifestStatus.SOUND && !survey.isRetired(id);
        boolean isKept = !counts || survey.proven().contains(id);
        return objects(fromNewestProof).stream().skip(isKept ? 1 : 0).toList();
    }

    private static List<ObjectInfo> objects(List<ProofMarker> markers) {
        return markers.stream().map(ProofMarker::object).toList();
    }

    private static SortedMap<SnapshotId, Instant> ends(
            Survey survey, Duration grace, Collection<FoundManifest> waiting) {
        TreeMap<SnapshotId, Instant> ends = new TreeMap<>();
        waiting.forEach(manifest -> ends.put(
                manifest.id(), survey.marker(manifest.id()).lastModified().plus(grace)));
        return ends;
    }

    private static long bytes(Survey survey, List<FoundManifest> waiting, NeededPacks elsewhere) {
        NeededPacks here = NeededPacks.of(waiting);
        long manifests = sum(waiting.stream().map(FoundManifest::object));
        return manifests
                + sum(survey.packs().entrySet().stream()
                        .filter(pack -> here.contains(pack.getKey()) && !elsewhere.contains(pack.getKey()))
                        .map(pack -> pack.getValue()));
    }

    /** Returns the number of bytes that the sweep frees. */
    long bytes() {
        return sum(Stream.concat(manifests.stream(), packs.stream()));
    }

    private static long sum(Stream<ObjectInfo> objects) {
        return objects.mapToLong(ObjectInfo::size).sum();
    }

    /** Packs that must be kept for some manifests; for an unreadable one, those that its own take wrote. */
    private record NeededPacks(Set<PackName> named, Set<SnapshotId> writers) {

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
}

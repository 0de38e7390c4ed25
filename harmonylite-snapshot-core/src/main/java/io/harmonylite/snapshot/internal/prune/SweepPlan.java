package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a sweep removes: a pure function of a survey. Immutable.
 *
 * @param removed snapshots that were retired a grace period ago, and are still there
 * @param manifests their manifests, which go first
 * @param packs packs a grace period old that no manifest needs which stays; they go then
 * @param orphans how many of the packs no manifest needs at all
 * @param rest what is left of snapshots that are gone, markers, pins and proofs, of surveys that were cut off, and proofs
 *     that newer ones have made superfluous
 * @param waiting snapshots whose grace period runs, and the instant when it ends
 * @param bytesWaiting what only they need
 */
record SweepPlan(
        List<SnapshotId> removed,
        List<ObjectInfo> manifests,
        List<ObjectInfo> packs,
        int orphans,
        List<ObjectInfo> rest,
        SortedMap<SnapshotId, Instant> waiting,
        long bytesWaiting) {

    /**
     * What goes; nothing as long as a manifest in use cannot be read.
     *
     * @param grace how long it stays after nobody needs it any more
     */
    static SweepPlan of(Survey survey, Duration grace) {
        Predicate<FoundManifest> expired = manifest -> !survey.isBlind() && survey.isExpired(manifest.id(), grace);
        Predicate<FoundManifest> inUse = manifest -> !survey.isRetired(manifest.id());
        List<FoundManifest> going = survey.where(expired);
        List<FoundManifest> staying = survey.where(expired.negate());
        List<FoundManifest> waiting = survey.where(expired.or(inUse).negate());
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
                bytes(survey, waiting, NeededPacks.of(survey.where(inUse))));
    }

    /** Packs a grace period old that nobody needs. */
    private static List<ObjectInfo> packs(Survey survey, Duration grace, NeededPacks needed) {
        return survey.packs().entrySet().stream()
                .filter(pack ->
                        !survey.isBlind() && survey.isPast(pack.getValue().lastModified(), grace))
                .filter(pack -> !needed.contains(pack.getKey()))
                .map(pack -> pack.getValue())
                .sorted(Comparator.comparing(ObjectInfo::name))
                .toList();
    }

    /** Markers, pins and proofs without manifest are of snapshots that are gone; all the same they go only once they are old. */
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
                rest.addAll(proofs);
            }
        });
        rest.removeIf(object -> survey.isBlind() || !survey.isPast(object.lastModified(), grace));
        survey.proofs().forEach((id, proofs) -> rest.addAll(superseded(survey, id, proofs)));
        going.forEach(manifest -> {
            rest.addAll(survey.proofs().getOrDefault(manifest.id(), List.of()));
            rest.add(survey.marker(manifest.id()));
        });
        return rest.stream().distinct().toList();
    }

    /**
     * Proofs that say nothing more, as soon as they do not: of each snapshot all but the newest, and those of snapshots in
     * use that are not among the last two proven.
     */
    private static List<ObjectInfo> superseded(Survey survey, SnapshotId id, List<ObjectInfo> proofs) {
        FoundManifest manifest = survey.manifests().get(id);
        if (survey.isBlind() || manifest == null) {
            return List.of();
        }
        boolean counts = manifest.standing() == Standing.SOUND && !survey.isRetired(id);
        if (counts && !survey.proven().contains(id)) {
            return proofs;
        }
        List<ObjectInfo> sorted = proofs.stream()
                .sorted(Comparator.comparing(ObjectInfo::lastModified).thenComparing(ObjectInfo::name))
                .toList();
        return sorted.subList(0, sorted.size() - 1);
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

    /** What it frees. */
    long bytes() {
        return sum(Stream.concat(manifests.stream(), packs.stream()));
    }

    private static long sum(Stream<ObjectInfo> objects) {
        return objects.mapToLong(ObjectInfo::size).sum();
    }
}

package io.harmonylite.snapshot.internal.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.SnapshotTimes;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories of takes, copies, prunes and restores, each paused between any two of its steps for any time. The
 * decisions are those of the library; store and steps are a model. Takes may reference packs of earlier snapshots, nodes
 * may use different grace periods, and a paused node's monotonic clock may stand still. Copies store snapshots of another
 * store, some of which were removed here before. A sweep's second listing and the deletion after it are one step. A
 * history is replayed by its seed.
 */
class PruneModelTest {

    private static final int HISTORIES = 8_000;
    private static final PruneRequest KEEP_ONE = PruneRequest.retain(RetentionPolicy.keepLast(1));

    /** What the grace periods of the nodes are. */
    enum Graces {
        /** All nodes use 24 hours. */
        EQUAL,
        /** Takers use shorter ones than prunes. */
        SHORTER_TAKERS,
        /** Prunes use shorter ones than takers; a pinned snapshot records the longest one. */
        SHORTER_PRUNES;

        private List<Integer> takers() {
            return switch (this) {
                case EQUAL -> List.of(24);
                case SHORTER_TAKERS -> List.of(4, 12, 24);
                case SHORTER_PRUNES -> List.of(12, 24, 48);
            };
        }

        private List<Integer> prunes() {
            return switch (this) {
                case EQUAL -> List.of(24);
                case SHORTER_TAKERS -> List.of(24, 48);
                case SHORTER_PRUNES -> List.of(1, 6, 24);
            };
        }

        private boolean isPinned() {
            return this == SHORTER_PRUNES;
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesPrunesAndRestores_pausedAnywhere_keepEverySnapshotThatCounts(Graces graces) {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        int late = 0;
        int retired = 0;
        int removed = 0;
        int copied = 0;
        for (int number = 0; number < HISTORIES; number++) {
            History history = new History(seed, graces);
            history.run();
            seed = new SplittableRandom(seed).nextLong(); // Neighbouring seeds give similar histories.
            late += history.late;
            retired += history.retired;
            removed += history.removed;
            copied += history.copied;
        }
        assertThat(late).as("late snapshots").isPositive();
        assertThat(retired).as("retired snapshots").isPositive();
        assertThat(removed).as("removed packs").isPositive();
        assertThat(copied).as("copied snapshots").isPositive();
    }

    /** A manifest in the model's store. */
    private record Stored(ManifestHead head, Instant modified, Set<PackName> packs) {}

    private static final class History {

        private final long seed;
        private final Random random;
        private final Graces graces;
        private final int steadiness; // One of this many pauses is up to 30 hours, and one up to 100.
        private final TreeMap<PackName, Instant> packs =
                new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
        private final TreeMap<SnapshotId, Stored> manifests = new TreeMap<>();
        private final TreeMap<SnapshotId, Instant> markers = new TreeMap<>();
        private final Set<SnapshotId> pinned = new HashSet<>();
        private final List<Deque<Runnable>> parties = new ArrayList<>();
        private Instant now = Samples.START;
        private int takes;
        private int late;
        private int retired;
        private int removed;
        private int copied;
        private final TreeMap<SnapshotId, Stored> elsewhere = new TreeMap<>();

        History(long seed, Graces graces) {
            this.seed = seed;
            this.random = new Random(seed * 0x9E3779B97F4A7C15L); // Neighbouring seeds would begin alike.
            this.graces = graces;
            this.steadiness = 6 << random.nextInt(4);
        }

        void run() {
            Take first = new Take(graces.isPinned() ? 48 : 24);
            finish(first.steps);
            if (graces.isPinned()) {
                pinned.add(first.id);
            }
            elsewhere.put(first.id, manifests.get(first.id));
            for (int number = 3; number > 0; number--) {
                storeElsewhere();
            }
            for (int party = 3 + random.nextInt(6); party > 0; party--) {
                parties.add(
                        random.nextInt(4) == 0
                                ? new Copy(oneOf(graces.takers())).steps
                                : random.nextInt(5) < 2
                                        ? new Prune().steps
                                        : random.nextInt(4) == 0
                                                ? new Restore().steps
                                                : new Take(oneOf(graces.takers())).steps);
            }
            while (!parties.isEmpty()) {
                Deque<Runnable> party = parties.get(random.nextInt(parties.size()));
                pause();
                if (party.isEmpty()) {
                    parties.remove(party);
                } else {
                    party.remove().run();
                }
                requireOneCounts();
            }
            requireCountedAreComplete();
        }

        /** Adds a snapshot to the other store, with packs of earlier ones. Some of its packs are old orphans here. */
        private void storeElsewhere() {
            SnapshotId id = Samples.id(takes++);
            Set<PackName> named = new HashSet<>(Set.of(new PackName(id, 0), new PackName(id, 1)));
            elsewhere.values().stream()
                    .filter(any -> random.nextBoolean())
                    .forEach(earlier -> named.addAll(earlier.packs));
            elsewhere.put(
                    id,
                    new Stored(
                            head(id, now, new Ordering(1 + random.nextInt(4), now, Duration.ofHours(1))),
                            now,
                            Set.copyOf(named)));
            if (random.nextBoolean()) {
                packs.put(new PackName(id, 0), now.minus(Duration.ofHours(random.nextInt(50))));
            }
        }

        private ManifestHead head(SnapshotId id, Instant created, Ordering ordering) {
            Positions positions =
                    random.nextBoolean() ? Positions.none() : Positions.of("s", StreamPosition.at(random.nextInt(4)));
            ManifestHead head = Samples.head(takes, 0, 0, positions);
            return new ManifestHead(
                    List.of(),
                    id,
                    "orders",
                    created,
                    "1",
                    positions,
                    head.image(),
                    1,
                    0,
                    0,
                    head.unpublished(),
                    ordering,
                    Collections.emptySortedMap(),
                    Optional.empty(),
                    Optional.empty());
        }

        private static void finish(Deque<Runnable> steps) {
            while (!steps.isEmpty()) {
                steps.remove().run();
            }
        }

        private void pause() {
            now = now.plus(Duration.ofMinutes(
                    switch (random.nextInt(steadiness)) {
                        case 0 -> random.nextInt(60 * 30);
                        case 1 -> random.nextInt(60 * 100);
                        default -> random.nextInt(60);
                    }));
        }

        private <T> T oneOf(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private boolean isRetired(SnapshotId id) {
            return markers.containsKey(id) && !pinned.contains(id);
        }

        private StoredHead stored(Stored manifest) {
            ObjectInfo object = object(manifest.head.id(), manifest.modified);
            return new StoredHead(manifest.head, object, Instant.MIN)
                    .withPacks(manifest.packs, pack -> packs.getOrDefault(pack, Instant.MIN));
        }

        private static ObjectInfo object(Object name, Instant time) {
            return new ObjectInfo(name.toString(), 1, time);
        }

        private List<SnapshotInfo> listed() {
            return SnapshotTimes.of(
                            manifests.values().stream()
                                    .filter(manifest -> !isRetired(manifest.head.id()))
                                    .map(this::stored)
                                    .toList(),
                            now)
                    .snapshots();
        }

        private void require(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(what + "; replay with -Dsnapshot.seed=" + seed + " (" + graces + ")");
            }
        }

        /** The first snapshot counts, so from then on there must be one that can be restored. */
        private void requireOneCounts() {
            require(listed().stream().anyMatch(info -> isComplete(info.id())), "no snapshot is left");
        }

        private void requireCountedAreComplete() {
            listed().forEach(info -> require(isComplete(info.id()), "a pack of " + info.id() + " is missing"));
        }

        private boolean isComplete(SnapshotId id) {
            return packs.keySet().containsAll(manifests.get(id).packs);
        }

        private final class Take {

            private final Deque<Runnable> steps = new ArrayDeque<>();
            private final SnapshotId id = Samples.id(takes++);
            private final Duration grace;
            private final boolean isSuspended = random.nextInt(3) == 0;
            private final Set<PackName> named = new HashSet<>();
            private Instant listed = now;
            private Ordering ordering = Ordering.unknown();

            Take(int hours) {
                this.grace = Duration.ofHours(hours);
                steps.addAll(List.of(
                        () -> listed = now,
                        this::list,
                        () -> upload(0),
                        () -> upload(1),
                        this::check,
                        this::store,
                        this::confirm));
            }

            private void list() {
                long highest = manifests.values().stream()
                        .mapToLong(manifest -> manifest.head.ordering().generation())
                        .max()
                        .orElse(0);
                ordering = new Ordering(highest + 1, listed, grace);
                List<SnapshotInfo> bases = listed();
                if (!bases.isEmpty() && random.nextBoolean()) {
                    SnapshotId base = oneOf(bases).id();
                    named.addAll(isComplete(base) ? manifests.get(base).packs : Set.of());
                }
            }

            private void upload(int number) {
                PackName pack = new PackName(id, number);
                packs.put(pack, now);
                named.add(pack);
            }

            private boolean isTooOld() {
                return !isSuspended && Duration.between(listed, now).compareTo(ordering.limit()) > 0;
            }

            private void check() {
                boolean isInTime = named.stream()
                        .map(pack -> packs.getOrDefault(pack, Instant.MAX))
                        .noneMatch(ordering::isOverdue);
                if (!isInTime || isTooOld()) {
                    packs.keySet().removeIf(pack -> pack.writer().equals(id));
                    steps.clear();
                }
            }

            private void store() {
                manifests.put(id, new Stored(head(id, listed, ordering), now, Set.copyOf(named)));
                late += stored(manifests.get(id)).isLate(now) ? 1 : 0;
                if (random.nextInt(4) == 0) {
                    steps.clear(); // Killed.
                }
            }

            private void confirm() {
                Stored manifest = manifests.get(id);
                if (manifest != null && (ordering.isOverdue(manifest.modified) || !isComplete(id))) {
                    markers.putIfAbsent(id, now);
                    require(ordering.isOverdue(manifest.modified), "a take in time lost packs");
                }
            }
        }

        /** Copies a snapshot of the other store, also one that was removed here. */
        private final class Copy {

            private final Deque<Runnable> steps = new ArrayDeque<>();
            private final Stored original = oneOf(List.copyOf(elsewhere.values()));
            private final SnapshotId id = original.head.id();
            private final Duration grace;
            private final boolean isSuspended = random.nextInt(3) == 0;
            private Instant listed = now;
            private Ordering ordering = Ordering.unknown();
            private final List<SnapshotId> bases = new ArrayList<>();

            Copy(int hours) {
                this.grace = Duration.ofHours(hours);
                steps.addAll(List.of(() -> listed = now, this::list, this::look));
                original.packs.forEach(pack -> steps.add(() -> upload(pack)));
                steps.addAll(List.of(this::check, this::store, this::confirm));
            }

            private void list() {
                ordering = original.head.ordering().copied(new Ordering(0, listed, grace), original.modified);
                listed().forEach(info -> bases.add(info.id()));
                if (manifests.containsKey(id)) {
                    steps.clear();
                }
            }

            private void look() {
                bases.removeAll(markers.keySet());
                if (markers.containsKey(id)
                        || original.packs.stream().anyMatch(pack -> packs.containsKey(pack) && !isReliable(pack))) {
                    steps.clear();
                }
            }

            private boolean isReliable(PackName pack) {
                return !packs.get(pack).isBefore(listed.minus(ordering.limit()))
                        || bases.stream()
                                .map(manifests::get)
                                .filter(Objects::nonNull)
                                .filter(base -> base.head.ordering().grace().compareTo(grace) >= 0)
                                .anyMatch(base -> base.packs.contains(pack));
            }

            private void upload(PackName pack) {
                packs.putIfAbsent(pack, now);
                if (!isReliable(pack)) {
                    steps.clear();
                }
            }

            private void check() {
                boolean isTooOld = !isSuspended && Duration.between(listed, now).compareTo(ordering.limit()) > 0;
                if (isTooOld
                        || original.packs.stream()
                                .map(pack -> packs.getOrDefault(pack, Instant.MAX))
                                .anyMatch(ordering::isOverdue)) {
                    steps.clear();
                }
            }

            private void store() {
                if (manifests.containsKey(id)) {
                    steps.clear();
                    return;
                }
                manifests.put(id, new Stored(original.head.with(ordering), now, original.packs));
                late += stored(manifests.get(id)).isLate(now) ? 1 : 0;
                copied++;
                if (random.nextInt(4) == 0) {
                    steps.clear(); // Killed.
                }
            }

            private void confirm() {
                Stored manifest = manifests.get(id);
                if (manifest != null && (ordering.isOverdue(manifest.modified) || !isComplete(id))) {
                    markers.putIfAbsent(id, now);
                    require(ordering.isOverdue(manifest.modified), "a copy in time lost packs");
                }
            }
        }

        private final class Prune {

            private final Deque<Runnable> steps = new ArrayDeque<>();
            private final Duration grace = Duration.ofHours(oneOf(graces.prunes()));
            private Instant start = now;
            private final Map<PackName, ObjectInfo> seenPacks =
                    new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
            private final Map<SnapshotId, ObjectInfo> seenMarkers = new TreeMap<>();

            Prune() {
                steps.addAll(List.of(
                        () -> start = now,
                        () -> packs.forEach((pack, time) -> seenPacks.put(pack, object(pack, time))),
                        () -> markers.forEach((id, time) -> seenMarkers.put(id, object(id, time))),
                        this::decide));
            }

            private void decide() {
                TreeMap<SnapshotId, FoundManifest> found = new TreeMap<>();
                manifests.forEach((id, manifest) -> found.put(id, found(id, manifest)));
                TreeMap<SnapshotId, List<ObjectInfo>> pins = new TreeMap<>();
                pinned.forEach(id -> pins.put(id, List.of(object(id, start))));
                Survey survey = new Survey(start, seenPacks, List.of(), seenMarkers, pins, Map.of(), found, now);
                List<SnapshotId> ids = new Retire(RetentionGuard.none()).decide(KEEP_ONE, survey);
                retired += ids.size();
                ids.forEach(id -> steps.add(() -> markers.putIfAbsent(id, now)));
                SweepPlan plan = SweepPlan.of(survey.retiring(ids), survey.longest(grace));
                plan.manifests()
                        .forEach(object -> steps.add(() -> manifests
                                .values()
                                .removeIf(each -> object.equals(object(each.head.id(), each.modified)))));
                plan.packs()
                        .forEach(object -> steps.add(() -> {
                            PackName name = PackName.parse(object.name()).orElseThrow();
                            removed += packs.remove(name, object.lastModified()) ? 1 : 0;
                        }));
                plan.rest()
                        .forEach(object -> steps.add(
                                () -> markers.remove(SnapshotId.parse(object.name()), object.lastModified())));
            }

            /** Looks a second time if a pack is missing in the listing, as the library does. */
            private FoundManifest found(SnapshotId id, Stored manifest) {
                StoredHead head = stored(manifest);
                ManifestStatus status = isComplete(id) ? ManifestStatus.SOUND : ManifestStatus.INCOMPLETE;
                return new FoundManifest(id, head.object(), Optional.of(head), status, manifest.packs, Optional.empty())
                        .at(now);
            }
        }

        /** Reads packs at any time until the grace period of its snapshot ends. */
        private final class Restore {

            private final Deque<Runnable> steps = new ArrayDeque<>();
            private Optional<SnapshotId> chosen = Optional.empty();
            private Collection<PackName> wanted = Set.of();

            Restore() {
                steps.addAll(List.of(
                        () -> chosen = SnapshotOrder.latest(listed()).map(SnapshotInfo::id),
                        () -> wanted = chosen.map(manifests::get)
                                .map(manifest -> manifest.packs)
                                .orElse(Set.of()),
                        this::read,
                        this::read));
            }

            private void read() {
                Instant marked = chosen.map(markers::get).orElse(now);
                boolean isInTime = chosen.isPresent() && now.isBefore(marked.plus(Duration.ofHours(24)));
                require(
                        !isInTime
                                || !manifests.containsKey(chosen.orElseThrow())
                                || packs.keySet().containsAll(wanted),
                        "a pack disappeared under a restore");
            }
        }
    }
}

package io.harmonylite.snapshot.internal.prune;

import static io.harmonylite.snapshot.internal.prune.Samples.hour;
import static io.harmonylite.snapshot.internal.prune.Samples.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.catalog.ProofMarker;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The current time is hour 100, and the grace period is 24 hours. */
class SweepPlanTest {

    private static final Duration GRACE = Duration.ofHours(24);

    private final Map<PackName, ObjectInfo> packs = new HashMap<>();
    private final List<ObjectInfo> clocks = new ArrayList<>();
    private final Map<SnapshotId, ObjectInfo> markers = new TreeMap<>();
    private final Map<SnapshotId, List<ObjectInfo>> pins = new HashMap<>();
    private final Map<SnapshotId, List<ProofMarker>> proofs = new HashMap<>();
    private final TreeMap<SnapshotId, FoundManifest> manifests = new TreeMap<>();

    private static PackName pack(int writer, int number) {
        return new PackName(id(writer), number);
    }

    /** Adds a pack of 1,000 bytes. */
    private SweepPlanTest pack(int writer, int number, int hour) {
        PackName name = pack(writer, number);
        packs.put(name, new ObjectInfo("packs/" + name, 1000, hour(hour)));
        return this;
    }

    /** Adds a manifest of 10 bytes. */
    private SweepPlanTest manifest(int number, ManifestStatus standing, PackName... named) {
        ObjectInfo object = new ObjectInfo("manifests/" + number, 10, hour(0));
        manifests.put(
                id(number),
                new FoundManifest(
                        id(number),
                        object,
                        Optional.empty(),
                        standing,
                        Set.of(named),
                        Optional.of(new CorruptSnapshotException("planned"))));
        return this;
    }

    private SweepPlanTest retired(int number, int hour) {
        markers.put(id(number), new ObjectInfo("retired/" + number, 0, hour(hour)));
        return this;
    }

    private SweepPlanTest pinned(int number, int hour) {
        pins.put(id(number), List.of(new ObjectInfo("pins/" + number, 0, hour(hour))));
        return this;
    }

    /** Adds a sound snapshot of a position, without packs. */
    private SweepPlanTest snapshot(int number, long position) {
        ObjectInfo object = new ObjectInfo("manifests/" + number, 10, hour(number));
        ManifestHead head =
                Samples.head(number, number + 1, number, Positions.of("changes", StreamPosition.at(position)));
        manifests.put(
                id(number),
                new FoundManifest(
                        id(number),
                        object,
                        Optional.of(new StoredHead(head, object, Instant.MIN)),
                        ManifestStatus.SOUND,
                        Set.of(),
                        Optional.empty()));
        return this;
    }

    private SweepPlanTest proven(int number, int... hours) {
        Arrays.stream(hours)
                .mapToObj(hour -> new SnapshotProof(id(number), hour(hour), hour(hour), Duration.ZERO))
                .forEach(proof -> marker(number, proof.storedAt(), Optional.of(proof)));
        return this;
    }

    private SweepPlanTest damaged(int number, int hour) {
        marker(number, hour(hour), Optional.empty());
        return this;
    }

    private void marker(int number, Instant stored, Optional<SnapshotProof> proof) {
        long hour = Duration.between(Samples.START, stored).toHours();
        ObjectInfo object = new ObjectInfo("proofs/" + number + "-" + hour, 90, stored);
        proofs.computeIfAbsent(id(number), any -> new ArrayList<>()).add(new ProofMarker(id(number), object, proof));
    }

    private SweepPlan plan() {
        return SweepPlan.of(new Survey(hour(100), packs, clocks, markers, pins, proofs, manifests, hour(100)), GRACE);
    }

    private static List<String> removedObjects(SweepPlan plan) {
        return Stream.of(plan.manifests(), plan.packs(), plan.rest())
                .flatMap(List::stream)
                .map(ObjectInfo::name)
                .toList();
    }

    private static String name(int writer, int number) {
        return "packs/" + pack(writer, number);
    }

    @Test
    void of_snapshotInUse_keepsAllItsPacks() {
        pack(0, 0, 0).pack(0, 1, 0).manifest(0, ManifestStatus.SOUND, pack(0, 0), pack(0, 1));
        assertThat(removedObjects(plan())).isEmpty();
    }

    @Test
    void of_orphan_isRemovedAfterGracePeriod() {
        pack(0, 0, 75).pack(0, 1, 76).pack(0, 2, 77).pack(0, 3, 100).pack(0, 4, 105);
        SweepPlan plan = plan();
        assertThat(removedObjects(plan)).containsExactly(name(0, 0), name(0, 1));
        assertThat(plan.orphans()).isEqualTo(2);
        assertThat(plan.bytes()).isEqualTo(2000);
        assertThat(plan.removed()).isEmpty();
    }

    @Test
    void of_retiredSnapshot_keepsPacksUntilGracePeriodEnds() {
        pack(0, 0, 0).manifest(0, ManifestStatus.SOUND, pack(0, 0)).retired(0, 77);
        SweepPlan plan = plan();
        assertThat(removedObjects(plan)).isEmpty();
        assertThat(plan.waiting()).containsExactly(Map.entry(id(0), hour(101)));
        assertThat(plan.bytesWaiting()).isEqualTo(1010);
    }

    @Test
    void of_retiredBeyondGracePeriod_removesManifestFirstMarkerLast() {
        pack(0, 0, 0)
                .pack(0, 1, 0)
                .manifest(0, ManifestStatus.SOUND, pack(0, 0), pack(0, 1))
                .retired(0, 76);
        SweepPlan plan = plan();
        assertThat(removedObjects(plan)).containsExactly("manifests/0", name(0, 0), name(0, 1), "retired/0");
        assertThat(plan.removed()).containsExactly(id(0));
        assertThat(plan.orphans()).isZero();
        assertThat(plan.bytes()).isEqualTo(2010);
        assertThat(plan.waiting()).isEmpty();
        assertThat(plan.bytesWaiting()).isZero();
    }

    @Test
    void of_sharedPack_staysWithOtherSnapshot() {
        pack(0, 0, 0).pack(0, 1, 0).manifest(0, ManifestStatus.SOUND, pack(0, 0), pack(0, 1));
        retired(0, 1).pack(1, 0, 50).manifest(1, ManifestStatus.SOUND, pack(0, 1), pack(1, 0));
        assertThat(removedObjects(plan())).containsExactly("manifests/0", name(0, 0), "retired/0");
        retired(1, 99);
        SweepPlan plan = plan();
        assertThat(removedObjects(plan)).containsExactly("manifests/0", name(0, 0), "retired/0");
        assertThat(plan.bytesWaiting()).isEqualTo(2010);
    }

    @Test
    void of_pinnedAndRetired_staysPinned() {
        pack(0, 0, 0)
                .manifest(0, ManifestStatus.SOUND, pack(0, 0))
                .retired(0, 1)
                .pinned(0, 2);
        SweepPlan plan = plan();
        assertThat(removedObjects(plan)).isEmpty();
        assertThat(plan.waiting()).isEmpty();
    }

    @Test
    void of_lateIncompleteOrUnsupported_keepTheirPacks() {
        for (ManifestStatus standing :
                List.of(ManifestStatus.LATE, ManifestStatus.INCOMPLETE, ManifestStatus.UNSUPPORTED)) {
            pack(0, 0, 0).manifest(0, standing, pack(0, 0));
            assertThat(removedObjects(plan())).as("%s", standing).isEmpty();
        }
    }

    @Test
    void of_unreadableInUse_removesNothing() {
        manifest(0, ManifestStatus.UNREADABLE)
                .pack(1, 0, 0)
                .manifest(2, ManifestStatus.SOUND)
                .retired(2, 0);
        retired(7, 0).pinned(8, 0);
        clocks.add(new ObjectInfo("clock/x", 0, hour(0)));
        SweepPlan plan = plan();
        assertThat(removedObjects(plan)).isEmpty();
        assertThat(plan.orphans()).isZero();
        assertThat(plan.waiting()).containsOnlyKeys(id(2));
    }

    @Test
    void of_unreadableRetired_keepsItsPacksForGracePeriod() {
        pack(0, 0, 0).pack(1, 0, 0).manifest(0, ManifestStatus.UNREADABLE).retired(0, 99);
        assertThat(removedObjects(plan())).containsExactly(name(1, 0));
        retired(0, 76);
        assertThat(removedObjects(plan())).containsExactly("manifests/0", name(0, 0), name(1, 0), "retired/0");
    }

    @Test
    void of_leftoverMarkersPinsAndClocks_areRemovedAfterGracePeriod() {
        retired(0, 76).retired(1, 77).pinned(2, 76).pinned(3, 77);
        clocks.add(new ObjectInfo("clock/a", 0, hour(76)));
        clocks.add(new ObjectInfo("clock/b", 0, hour(77)));
        assertThat(removedObjects(plan())).containsExactlyInAnyOrder("retired/0", "pins/2", "clock/a");
    }

    @Test
    void of_proofs_keepsNewestOfLatestTwoProven() {
        snapshot(0, 10).snapshot(1, 20).snapshot(2, 30).snapshot(3, 40);
        proven(0, 99).proven(1, 97, 95, 96).proven(2, 98);
        assertThat(removedObjects(plan())).containsExactlyInAnyOrder("proofs/0-99", "proofs/1-95", "proofs/1-96");
    }

    @Test
    void of_damagedProofs_proveNothingAndAreRemovedAfterNewerProof() {
        snapshot(0, 10).snapshot(1, 20).snapshot(2, 30).snapshot(3, 40);
        proven(0, 50).proven(1, 51).damaged(2, 52).damaged(3, 53).proven(3, 54).damaged(3, 55);
        assertThat(removedObjects(plan())).containsExactlyInAnyOrder("proofs/0-50", "proofs/3-53");
    }

    @Test
    void of_proofsOfRetiredSnapshot_areRemovedBeforeMarker() {
        snapshot(0, 10).snapshot(1, 20).snapshot(2, 30);
        proven(0, 50).proven(1, 60).proven(2, 70, 71).retired(2, 77);
        assertThat(removedObjects(plan())).containsExactly("proofs/2-70");
        retired(2, 76);
        assertThat(removedObjects(plan())).containsExactly("manifests/2", "proofs/2-70", "proofs/2-71", "retired/2");
    }

    @Test
    void of_proofsWithoutManifest_areRemovedAfterGracePeriod() {
        proven(0, 76, 77);
        assertThat(removedObjects(plan())).containsExactly("proofs/0-76");
    }

    @Test
    void of_proofsOfUnsoundSnapshot_keepsNewest() {
        snapshot(1, 20).snapshot(2, 30).proven(1, 50).proven(2, 50);
        manifest(0, ManifestStatus.INCOMPLETE).proven(0, 60, 61);
        assertThat(removedObjects(plan())).containsExactly("proofs/0-60");
    }

    @Test
    void of_proofsBesideUnreadableManifest_stay() {
        snapshot(0, 10).proven(0, 1, 2).proven(7, 3).manifest(1, ManifestStatus.UNREADABLE);
        assertThat(removedObjects(plan())).isEmpty();
    }

    @Test
    void retiring_severalSnapshots_marksNowAndKeepsOlderMarkers() {
        manifest(0, ManifestStatus.SOUND).manifest(1, ManifestStatus.SOUND).retired(0, 1);
        Survey survey = new Survey(hour(100), packs, clocks, markers, pins, proofs, manifests, hour(100));
        Survey after = survey.retiring(Arrays.asList(id(0), id(1)));
        assertThat(after.marker(id(0)).lastModified()).isEqualTo(hour(1));
        assertThat(after.marker(id(1)).lastModified()).isEqualTo(hour(100));
        assertThat(after.sound()).isEmpty();
        assertThat(SweepPlan.of(after, Duration.ZERO).removed()).containsExactly(id(0), id(1));
        assertThat(SweepPlan.of(after, GRACE).removed().stream().collect(Collectors.toSet()))
                .containsExactly(id(0));
    }
}

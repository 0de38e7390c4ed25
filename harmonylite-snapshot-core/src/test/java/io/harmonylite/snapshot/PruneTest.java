package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneTest {

    private static final PruneRequest KEEP_ONE = PruneRequest.retain(RetentionPolicy.keepLast(1));

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private final SnapshotRepository repository = SnapshotRepository.of("orders", store);
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)", TestDatabase.fill("t", "x", "randomblob(100)", 50));
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    private SnapshotId take() {
        pass(Duration.ofMinutes(1));
        return builder().build().take(TakeRequest.full()).id();
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
    }

    private List<String> names(String folder) {
        return store.list("orders/" + folder).stream()
                .map(object -> object.name().substring("orders/".length()))
                .toList();
    }

    private List<SnapshotId> listed() {
        return repository.list().snapshots().stream().map(SnapshotInfo::id).toList();
    }

    /** Returns all objects of the store with their times, which differ if one was written or deleted. */
    private Map<String, ObjectInfo> content() {
        return store.list("").stream().collect(Collectors.toMap(ObjectInfo::name, object -> object));
    }

    @Test
    void prune_moreThanRetentionKeeps_retiresAtOnceAndRemovesAfterTheGracePeriod() {
        SnapshotId one = take();
        SnapshotId two = take();
        SnapshotId three = take();
        long bytes = store.list("orders/").stream()
                .filter(object -> !object.name().contains(three.toString()))
                .mapToLong(ObjectInfo::size)
                .sum();
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.retired()).containsExactly(one, two);
        assertThat(report.removed()).isEmpty();
        assertThat(report.bytesFreed()).isZero();
        assertThat(report.bytesWaiting()).isEqualTo(bytes);
        assertThat(report.waiting()).containsOnlyKeys(one, two).containsEntry(one, now.plus(Duration.ofHours(24)));
        assertThat(listed()).containsExactly(three);
        assertThat(names("packs/")).hasSize(3);

        pass(Duration.ofHours(24).minusMillis(1));
        assertThat(repository.prune(KEEP_ONE).removed()).isEmpty();
        pass(Duration.ofMillis(1));
        report = repository.prune(KEEP_ONE);
        assertThat(report.retired()).isEmpty();
        assertThat(report.removed()).containsExactly(one, two);
        assertThat(report.bytesFreed()).isEqualTo(bytes);
        assertThat(report.waiting()).isEmpty();
        assertThat(report.orphans()).isZero();
        assertThat(names("")).containsExactly("manifests/" + three, "packs/" + three + "-000000");
        assertThat(repository.verify(three, VerifyDepth.REBUILD).isSound()).isTrue();
    }

    @Test
    void prune_emptyStore_doesNothing() {
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.retired()).isEmpty();
        assertThat(report.removed()).isEmpty();
        assertThat(report.isStopped()).isFalse();
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void prune_dryRun_reportsTheSameAndChangesNothing() {
        take();
        take();
        take();
        repository.prune(PruneRequest.retain(RetentionPolicy.keepLast(2)));
        pass(Duration.ofHours(25));
        Map<String, ObjectInfo> before = content();
        PruneReport planned = repository.prune(KEEP_ONE.dryRun());
        assertThat(content()).isEqualTo(before);
        PruneReport done = repository.prune(KEEP_ONE);
        assertThat(planned.isDryRun()).isTrue();
        assertThat(done.isDryRun()).isFalse();
        assertThat(planned.retired()).isEqualTo(done.retired()).hasSize(1);
        assertThat(planned.removed()).isEqualTo(done.removed()).hasSize(1);
        assertThat(planned.bytesFreed()).isEqualTo(done.bytesFreed()).isPositive();
        assertThat(planned.bytesWaiting()).isEqualTo(done.bytesWaiting()).isPositive();
        assertThat(planned.waiting()).isEqualTo(done.waiting());
    }

    @Test
    void prune_noGracePeriod_removesRetiredSnapshotsAtOnce() {
        SnapshotId one = take();
        SnapshotId two = take();
        PruneRequest request = KEEP_ONE.gracePeriod(Duration.ZERO);
        PruneReport planned = repository.prune(request.dryRun());
        PruneReport done = repository.prune(request);
        for (PruneReport report : List.of(planned, done)) {
            assertThat(report.retired()).containsExactly(one);
            assertThat(report.removed()).containsExactly(one);
            assertThat(report.bytesFreed()).isPositive();
            assertThat(report.waiting()).isEmpty();
        }
        assertThat(names("")).containsExactly("manifests/" + two, "packs/" + two + "-000000");
    }

    @Test
    void prune_byAge_usesTheClockOfTheStore() {
        SnapshotId old = takeOnHost(now.minus(Duration.ofDays(1)));
        pass(Duration.ofDays(2));
        SnapshotId young = takeOnHost(now.minus(Duration.ofDays(1)));
        SnapshotId newest = takeOnHost(now);
        PruneReport report = repository.prune(PruneRequest.retain(RetentionPolicy.keepYoungerThan(Duration.ofDays(1))));
        assertThat(report.retired()).containsExactly(old);
        assertThat(listed()).containsExactly(young, newest);
    }

    private SnapshotId takeOnHost(Instant time) {
        pass(Duration.ofMinutes(1));
        return builder().clock(() -> time).build().take(TakeRequest.full()).id();
    }

    @Test
    void prune_orphans_areRemovedAfterTheGracePeriodIfTheirNamesAreValid() throws Exception {
        SnapshotId kept = take();
        String writer = SnapshotId.of(now, "gone", 1).toString();
        for (String name : List.of("packs/" + writer + "-000000", "packs/" + writer + "-000001")) {
            put(name);
        }
        List<String> foreign = List.of("index/x", "packs/later-format", "packs/" + writer, "packs/" + writer + "-0");
        for (String name : foreign) {
            put(name);
        }
        put("clock/left");
        pass(Duration.ofHours(23));
        assertThat(repository.prune(KEEP_ONE).orphans()).isZero();
        put("packs/" + writer + "-000002");
        pass(Duration.ofHours(1));
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.orphans()).isEqualTo(2);
        assertThat(report.bytesFreed()).isEqualTo(2);
        assertThat(names(""))
                .contains("manifests/" + kept, "packs/" + writer + "-000002")
                .containsAll(foreign)
                .hasSize(7);
    }

    private void put(String name) throws IOException {
        store.putIfAbsent("orders/" + name, ObjectSource.of(new byte[1]));
    }

    @Test
    void prune_objectsOfOtherNames_areKept() throws Exception {
        take();
        store.putIfAbsent("orders2/packs/" + SnapshotId.of(now, "n", 1) + "-000000", ObjectSource.of(new byte[1]));
        store.putIfAbsent("orders2/retired/" + SnapshotId.of(now, "n", 1), ObjectSource.of(new byte[0]));
        pass(Duration.ofDays(2));
        repository.prune(KEEP_ONE);
        assertThat(store.list("orders2/")).hasSize(2);
    }

    @Test
    void prune_byId_retiresOnlyThatSnapshot() {
        SnapshotId one = take();
        SnapshotId two = take();
        SnapshotId three = take();
        PruneReport report = repository.prune(PruneRequest.retire(two));
        assertThat(report.retired()).containsExactly(two);
        assertThat(listed()).containsExactly(one, three);
        PruneReport again = repository.prune(PruneRequest.retire(two));
        assertThat(again.retired()).isEmpty();
        assertThat(again.waiting()).containsOnlyKeys(two);
        pass(Duration.ofHours(24));
        assertThat(repository.prune(PruneRequest.retire(two)).removed()).containsExactly(two);
        assertThatThrownBy(() -> repository.prune(PruneRequest.retire(two)))
                .isInstanceOf(SnapshotNotFoundException.class)
                .hasMessageContaining(two.toString());
    }

    @Test
    void prune_byIdOfLatestOrPinned_isRejected() {
        SnapshotId one = take();
        SnapshotId two = take();
        repository.pin(one);
        assertThatThrownBy(() -> repository.prune(PruneRequest.retire(two)))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("latest");
        assertThatThrownBy(() -> repository.prune(PruneRequest.retire(one)))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("pinned");
        assertThat(names("retired/")).isEmpty();
    }

    @Test
    void prune_laggingTakerStoredLast_keepsTheMostAdvanced() {
        SnapshotId far =
                builder().build().take(Positions.of("s", StreamPosition.at(60))).id();
        pass(Duration.ofMinutes(1));
        SnapshotId middle =
                builder().build().take(Positions.of("s", StreamPosition.at(30))).id();
        pass(Duration.ofMinutes(1));
        SnapshotId behind =
                builder().build().take(Positions.of("s", StreamPosition.at(10))).id();
        assertThat(repository.prune(KEEP_ONE).retired()).containsExactly(middle);
        assertThat(listed()).containsExactlyInAnyOrder(far, behind);
    }

    @Test
    void pin_untilUnpinned_preventsRetirement() {
        SnapshotId one = take();
        SnapshotId two = take();
        repository.pin(one);
        repository.pin(one);
        assertThat(repository.pinned()).containsExactly(one);
        assertThat(names("pins/")).hasSize(2).allMatch(pin -> pin.startsWith("pins/" + one + "-"));
        assertThat(repository.prune(KEEP_ONE).retired()).isEmpty();
        pass(Duration.ofDays(9));
        assertThat(repository.prune(KEEP_ONE).removed()).isEmpty();
        repository.unpin(one);
        repository.unpin(one);
        assertThat(repository.pinned()).isEmpty();
        assertThat(repository.prune(KEEP_ONE).retired()).containsExactly(one);
        assertThat(listed()).containsExactly(two);
    }

    @Test
    void pin_missingOrRetiredSnapshot_isRejectedAndLeavesNoPin() {
        SnapshotId one = take();
        take();
        SnapshotId never = SnapshotId.of(now, "never", 1);
        repository.prune(PruneRequest.retire(one));
        for (SnapshotId id : List.of(one, never)) {
            assertThatThrownBy(() -> repository.pin(id))
                    .isInstanceOf(SnapshotNotFoundException.class)
                    .hasMessageContaining(id.toString());
        }
        assertThatThrownBy(() -> repository.unpin(never)).isInstanceOf(SnapshotNotFoundException.class);
        assertThat(names("pins/")).isEmpty();
    }

    @Test
    void prune_unreadableManifest_stopsUntilRetiredById() throws Exception {
        SnapshotId one = take();
        SnapshotId damaged = take();
        SnapshotId three = take();
        store.damage("orders/manifests/" + damaged, new byte[300]);
        pass(Duration.ofDays(9));
        put("packs/" + SnapshotId.of(now, "gone", 1) + "-000000");
        pass(Duration.ofDays(9));
        Map<String, ObjectInfo> before = content();
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.isStopped()).isTrue();
        assertThat(report.unreadable()).containsOnlyKeys(damaged);
        assertThat(report.unreadable().get(damaged)).isInstanceOf(CorruptSnapshotException.class);
        assertThat(report.retired()).isEmpty();
        assertThat(report.orphans()).isZero();
        assertThat(content()).isEqualTo(before);

        PruneReport byHand = repository.prune(PruneRequest.retire(damaged));
        assertThat(byHand.isStopped()).isFalse();
        assertThat(byHand.orphans()).isEqualTo(1);
        assertThat(names("packs/")).hasSize(3);
        assertThat(repository.prune(KEEP_ONE).retired()).containsExactly(one);
        pass(Duration.ofHours(24));
        assertThat(repository.prune(KEEP_ONE).removed()).containsExactly(one, damaged);
        assertThat(names("")).containsExactly("manifests/" + three, "packs/" + three + "-000000");
    }

    @Test
    void prune_manifestOfALaterVersion_isKeptWithItsPacks() throws Exception {
        SnapshotId one = take();
        SnapshotId later = take();
        SnapshotId three = take();
        requireFeature(later);
        pass(Duration.ofDays(9));
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.isStopped()).isFalse();
        assertThat(report.retired()).containsExactly(one);
        pass(Duration.ofHours(24));
        repository.prune(KEEP_ONE);
        assertThat(names("packs/")).containsExactly("packs/" + later + "-000000", "packs/" + three + "-000000");
        assertThat(repository.list().unreadable().get(later)).isInstanceOf(UnsupportedFormatException.class);
    }

    private void requireFeature(SnapshotId id) throws Exception {
        String name = "orders/manifests/" + id;
        Manifest manifest;
        try (InputStream in = store.open(name)) {
            manifest = ManifestCodec.decode(in.readAllBytes());
        }
        ManifestHead head = manifest.head();
        ManifestHead changed = new ManifestHead(
                List.of("sealed-with-wax"),
                head.id(),
                head.name(),
                head.created(),
                head.libraryVersion(),
                head.positions(),
                head.image(),
                head.storedBytes(),
                head.referencedBytes(),
                head.rewrittenBytes(),
                head.unpublished(),
                head.ordering(),
                head.possiblyMissing(),
                head.notCompacted(),
                Optional.empty());
        store.damage(name, ManifestCodec.encode(new Manifest(changed, manifest.packs(), manifest.leaves(), 0, null)));
    }

    @Test
    void prune_snapshotWithoutPacks_isReportedAndNotCounted() {
        SnapshotId one = take();
        SnapshotId two = take();
        SnapshotId damaged = take();
        store.delete("orders/packs/" + damaged + "-000000");
        pass(Duration.ofDays(9));
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.retired()).containsExactly(one);
        assertThat(report.damaged()).containsOnlyKeys(damaged);
        assertThat(report.isStopped()).isFalse();
        assertThat(names("manifests/")).contains("manifests/" + two, "manifests/" + damaged);
        assertThat(repository.prune(PruneRequest.retire(damaged)).retired()).containsExactly(damaged);
    }

    @Test
    void prune_snapshotWithADamagedPack_isReportedAndNotCounted() throws Exception {
        SnapshotId one = take();
        SnapshotId two = take();
        SnapshotId damaged = take();
        String pack = "orders/packs/" + damaged + "-000000";
        try (InputStream in = store.open(pack)) {
            byte[] bytes = in.readAllBytes();
            bytes[bytes.length / 2] ^= 1;
            store.damage(pack, bytes);
        }
        assertThat(repository.verify(damaged, VerifyDepth.STORED_BYTES).isSound())
                .isFalse();
        PruneReport report = repository.prune(KEEP_ONE);
        assertThat(report.retired()).containsExactly(one);
        assertThat(report.damaged()).containsOnlyKeys(damaged);
        assertThat(report.damaged().get(damaged)).hasMessageContaining("found damaged");
        assertThat(names("manifests/")).contains("manifests/" + two, "manifests/" + damaged);
    }

    /** A copy stored the pack again, which may be found damaged again. */
    @Test
    void prune_markerOfAnEarlierPack_isRemoved() throws Exception {
        SnapshotId id = take();
        String pack = "orders/packs/" + id + "-000000";
        String marker = "orders/damaged/" + id + "-000000";
        byte[] bytes;
        try (InputStream in = store.open(pack)) {
            bytes = in.readAllBytes();
        }
        store.putIfAbsent(marker, ObjectSource.of(new byte[0]));
        assertThat(repository.prune(KEEP_ONE).damaged()).containsOnlyKeys(id);
        store.delete(pack);
        pass(Duration.ofHours(1));
        store.putIfAbsent(pack, ObjectSource.of(bytes));
        assertThat(repository.prune(KEEP_ONE).damaged()).isEmpty();
        pass(Duration.ofHours(24));
        repository.prune(KEEP_ONE);
        assertThat(names("damaged/")).isEmpty();
        assertThat(listed()).containsExactly(id);
    }

    @Test
    void prune_lateManifest_neverCounts() throws Exception {
        SnapshotId one = take();
        SnapshotId two = take();
        SnapshotId slow = take();
        byte[] manifest;
        try (InputStream in = store.open("orders/manifests/" + slow)) {
            manifest = in.readAllBytes();
        }
        store.delete("orders/manifests/" + slow);
        pass(Duration.ofHours(13));
        store.putIfAbsent("orders/manifests/" + slow, ObjectSource.of(manifest));
        for (int hours : List.of(0, 24, 24 * 365)) {
            pass(Duration.ofHours(hours));
            SnapshotListing listing = repository.list();
            assertThat(listing.snapshots()).extracting(SnapshotInfo::id).doesNotContain(slow);
            assertThat(listing.doubts().get(slow)).contains("half the grace period");
            PruneReport report = repository.prune(KEEP_ONE);
            assertThat(report.retired()).isEqualTo(hours == 0 ? List.of(one) : List.of());
            assertThat(report.doubts()).containsKey(slow);
        }
        assertThat(listed()).containsExactly(two);
        assertThat(repository.prune(PruneRequest.retire(slow)).retired()).containsExactly(slow);
    }

    @Test
    void managerPrune_withoutRetention_isRejected() {
        assertThatThrownBy(() -> builder().build().prune())
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("retention");
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void managerPrune_configured_usesItsRetentionAndGracePeriod() {
        try (SnapshotManager manager = builder()
                .retention(RetentionPolicy.keepLast(1))
                .gracePeriod(Duration.ofHours(2))
                .build()) {
            SnapshotId one = manager.take().id();
            manager.take();
            assertThat(manager.prune().waiting()).containsEntry(one, now.plus(Duration.ofHours(2)));
            manager.close();
            assertThatThrownBy(manager::prune).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void prune_listener_receivesItsStages() {
        take();
        Recorder recorder = new Recorder();
        SnapshotRepository.builder("orders", store).listener(recorder).build().prune(KEEP_ONE);
        assertThat(recorder.events).containsExactly("+SURVEY", "-SURVEY", "+RETIRE", "-RETIRE", "+SWEEP", "-SWEEP");
        recorder.events.clear();
        SnapshotRepository.builder("orders", store).listener(recorder).build().prune(KEEP_ONE.dryRun());
        assertThat(recorder.events).containsExactly("+SURVEY", "-SURVEY");
    }

    @Test
    void prune_calls_areInTheSafeOrder() {
        SnapshotId one = take();
        SnapshotId two = take();
        repository.prune(KEEP_ONE);
        pass(Duration.ofDays(2));
        HookedStore hooked = new HookedStore(store, (number, call, name) -> {});
        SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
        List<String> calls = hooked.log().stream()
                .map(call -> call.replaceAll("clock/.+", "clock/*").replace("orders/", ""))
                .toList();
        assertThat(calls)
                .containsExactly(
                        "put clock/*",
                        "stat clock/*",
                        "delete clock/*",
                        "list packs/",
                        "list clock/",
                        "list damaged/",
                        "list retired/",
                        "list pins/",
                        "list proofs/",
                        "list manifests/",
                        "open manifests/" + one,
                        "open manifests/" + two,
                        "list manifests/",
                        "delete manifests/" + one,
                        "list packs/",
                        "delete packs/" + one + "-000000",
                        "list retired/",
                        "delete retired/" + one);
    }

    @Test
    void prune_storeFailsAtAnyCall_damagesNothingAndTheNextCompletes() throws Exception {
        take();
        SnapshotId two = take();
        take();
        for (int fail = 0; ; fail++) {
            InMemorySnapshotStore copy = copy();
            SnapshotRepository sound = SnapshotRepository.of("orders", copy);
            sound.prune(PruneRequest.retire(two));
            pass(Duration.ofDays(1));
            int failing = fail;
            HookedStore faulty = new HookedStore(copy, (number, call, name) -> {
                if (number == failing) {
                    throw new StoreAccessException("planned");
                }
            });
            try {
                SnapshotRepository.of("orders", faulty).prune(KEEP_ONE);
                assertThat(faulty.log()).hasSizeLessThanOrEqualTo(fail);
                return;
            } catch (SnapshotConfigurationException e) {
                assertThat(e).hasMessageContaining("planned");
            }
            assertEveryListedSnapshotIsSound(sound);
            sound.prune(KEEP_ONE);
            pass(Duration.ofDays(1));
            sound.prune(KEEP_ONE);
            assertThat(copy.list("")).hasSize(2);
            assertEveryListedSnapshotIsSound(sound);
        }
    }

    private InMemorySnapshotStore copy() throws IOException {
        InMemorySnapshotStore copy = new InMemorySnapshotStore(() -> now);
        for (ObjectInfo object : store.list("")) {
            try (InputStream in = store.open(object.name())) {
                copy.putIfAbsent(object.name(), ObjectSource.of(in.readAllBytes()));
            }
        }
        return copy;
    }

    private static void assertEveryListedSnapshotIsSound(SnapshotRepository repository) {
        assertThat(repository.list().snapshots()).isNotEmpty();
        for (SnapshotInfo info : repository.list().snapshots()) {
            assertThat(repository.verify(info.id(), VerifyDepth.STORED_BYTES).isSound())
                    .isTrue();
        }
    }

    @Test
    void prune_storeUnreachable_isReported() {
        take();
        SnapshotStore unreachable = RetryingSnapshotStore.builder(new HookedStore(store, (number, call, name) -> {
                    throw new IOException("planned");
                }))
                .firstWait(Duration.ofMillis(1))
                .patience(Duration.ofMillis(5))
                .build();
        assertThatThrownBy(() -> SnapshotRepository.of("orders", unreachable).prune(KEEP_ONE))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void prune_interrupted_stopsAndKeepsTheInterrupt() {
        take();
        take();
        Recorder recorder =
                new Recorder().onStart(Stage.SWEEP, () -> Thread.currentThread().interrupt());
        SnapshotRepository interrupted =
                SnapshotRepository.builder("orders", store).listener(recorder).build();
        assertThatThrownBy(() -> interrupted.prune(KEEP_ONE)).isInstanceOf(SnapshotInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(listed()).hasSize(1);
    }

    @Test
    void request_invalidGracePeriod_isRejected() {
        assertThatThrownBy(() -> KEEP_ONE.gracePeriod(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KEEP_ONE.gracePeriod(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import io.harmonylite.snapshot.testing.Fault;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies between stores in memory, each with a clock of its own. The snapshots of the source share packs. */
class CopyTest {

    private static final Duration TEN_DAYS = Duration.ofDays(10);

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-01T00:00:00Z");
    private final InMemorySnapshotStore source = new InMemorySnapshotStore(() -> now);
    private InMemorySnapshotStore target = new InMemorySnapshotStore(() -> now.plusSeconds(90));
    private Path database;
    private final List<SnapshotId> taken = new ArrayList<>();

    @BeforeEach
    void takeThree() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("t", "x", "randomblob(400)", 300));
        for (int i = 0; i < 3; i++) {
            TestDatabase.run(database, "UPDATE t SET x = randomblob(400) WHERE id = " + (1 + i * 90));
            pass(Duration.ofDays(1));
            taken.add(take(source));
        }
        pass(TEN_DAYS);
    }

    private SnapshotId take(SnapshotStore store) {
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .clock(() -> now)
                .build()) {
            return manager.take().id();
        }
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
    }

    private SnapshotRepository repository(SnapshotStore store) {
        return SnapshotRepository.builder("orders", store)
                .clock(() -> now)
                .parallelism(1)
                .build();
    }

    private CopyReport copy(SnapshotStore to, CopyRequest request) {
        return repository(source).copyTo(to, request);
    }

    private SnapshotId last() {
        return taken.get(2);
    }

    private List<SnapshotId> latestFirst() {
        List<SnapshotId> reversed = new ArrayList<>(taken);
        Collections.reverse(reversed);
        return reversed;
    }

    private static Set<String> names(SnapshotStore store, String folder) throws IOException {
        Set<String> names = new HashSet<>();
        store.list("orders/" + folder).forEach(object -> names.add(object.name()));
        return names;
    }

    private static byte[] bytes(SnapshotStore store, String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return in.readAllBytes();
        }
    }

    private void assertTargetHasAll() throws Exception {
        assertTargetHasAll(VerifyDepth.REBUILD);
    }

    private void assertTargetHasAll(VerifyDepth depth) throws Exception {
        assertThat(repository(target).list().snapshots())
                .containsExactlyElementsOf(repository(source).list().snapshots());
        assertThat(repository(target).list().doubts()).isEmpty();
        for (SnapshotId id : taken) {
            assertThat(repository(target).verify(id, depth).problem()).isEmpty();
        }
        assertThat(names(target, "packs/")).isEqualTo(names(source, "packs/"));
    }

    @Test
    void copy_all_everySnapshotIsEqualAndKeepsItsTimes() throws Exception {
        CopyReport report = copy(target, CopyRequest.all());
        assertThat(report.copied()).isEqualTo(latestFirst());
        assertThat(report.packs())
                .isEqualTo(source.list("orders/packs/").size())
                .isGreaterThan(2);
        assertThat(report.bytes())
                .isEqualTo(source.list("orders/packs/").stream()
                        .mapToLong(ObjectInfo::size)
                        .sum());
        assertThat(report.bytesPresent()).isPositive();
        assertThat(report.problems()).isEmpty();
        assertTargetHasAll();
        for (SnapshotId id : taken) {
            Path one = directory.resolve(id + "-1.db");
            Path other = directory.resolve(id + "-2.db");
            repository(source).restore(RestoreRequest.of(id), one);
            repository(target).restore(RestoreRequest.of(id), other);
            assertThat(TestDatabase.dump(other)).isEqualTo(TestDatabase.dump(one));
        }
    }

    @Test
    void copy_again_transfersNothing() throws Exception {
        copy(target, CopyRequest.all());
        HookedStore hooked = new HookedStore(target, (number, call, name) -> {});
        CopyReport again = copy(hooked, CopyRequest.all());
        assertThat(again.present()).isEqualTo(latestFirst());
        assertThat(again.copied()).isEmpty();
        assertThat(again.packs()).isZero();
        assertThat(hooked.log()).noneMatch(call -> call.startsWith("put ") && !call.contains("/clock/"));
        assertThat(names(target, "clock/")).isEmpty();
    }

    @Test
    void copy_latest_copiesThatNumberAndOnlyTheirPacks() throws Exception {
        assertThat(copy(target, CopyRequest.latest(1)).copied()).containsExactly(last());
        assertThat(names(target, "packs/")).isEqualTo(NamedPacks.in(target, "orders"));
        CopyReport two = copy(target, CopyRequest.latest(2));
        assertThat(two.copied()).containsExactly(taken.get(1));
        assertThat(two.present()).containsExactly(last());
        assertThat(two.bytesPresent()).isPositive();
    }

    @Test
    void copy_unknownId_isNotFound() {
        SnapshotId unknown = SnapshotId.of(now, "node", 1);
        assertThatThrownBy(() -> copy(target, CopyRequest.of(unknown))).isInstanceOf(SnapshotNotFoundException.class);
        repository(source).prune(PruneRequest.retire(taken.get(0)));
        assertThatThrownBy(() -> copy(target, CopyRequest.of(taken.get(0))))
                .isInstanceOf(SnapshotNotFoundException.class)
                .hasMessageContaining("retired");
    }

    /** The manifest differs from the original only in the listing, the grace period and the time of its own. */
    @Test
    void copy_one_headKeepsEverythingExceptTheListing() throws Exception {
        Instant before = now;
        copy(target, CopyRequest.of(last()).gracePeriod(Duration.ofHours(9)));
        ManifestHead original = ManifestCodec.decodeHead(bytes(source, "orders/manifests/" + last()));
        ManifestHead copied = ManifestCodec.decodeHead(bytes(target, "orders/manifests/" + last()));
        assertThat(copied.with(original.ordering())).isEqualTo(original);
        assertThat(copied.ordering().generation()).isEqualTo(original.ordering().generation());
        assertThat(copied.ordering().grace()).isEqualTo(Duration.ofHours(9));
        assertThat(copied.ordering().listed()).isEqualTo(before.plusSeconds(90));
        assertThat(copied.ordering().firstStored())
                .isEqualTo(source.stat("orders/manifests/" + last()).lastModified());
    }

    /** A copy of a copy keeps the time of the first store. */
    @Test
    void copy_ofACopy_isEqual() throws Exception {
        copy(target, CopyRequest.all());
        pass(TEN_DAYS);
        InMemorySnapshotStore third = new InMemorySnapshotStore(() -> now);
        repository(target).copyTo(third, CopyRequest.all());
        target = third;
        assertTargetHasAll();
    }

    /** All are stored in the target on one day, and were taken on three. */
    @Test
    void copy_all_retentionByDaysCountsTheDaysOfTheTakes() {
        copy(target, CopyRequest.latest(1));
        pass(TEN_DAYS);
        copy(target, CopyRequest.all());
        PruneReport kept = repository(target).prune(PruneRequest.retain(RetentionPolicy.keepDaily(3)));
        assertThat(kept.retired()).isEmpty();
        assertThat(kept.doubts()).isEmpty();
        PruneReport two = repository(target).prune(PruneRequest.retain(RetentionPolicy.keepDaily(2)));
        assertThat(two.retired()).containsExactly(taken.get(0));
    }

    @Test
    void copy_pinned_isPinnedBeforeItExists() throws Exception {
        SnapshotId pinned = taken.get(0);
        repository(source).pin(pinned);
        HookedStore pruning = new HookedStore(target, (number, call, name) -> {
            if (number > 0) {
                repository(target).prune(PruneRequest.retain(RetentionPolicy.keepLast(1)));
            }
        });
        CopyReport report = copy(pruning, CopyRequest.all());
        assertThat(report.copied()).contains(pinned);
        assertThat(repository(target).pinned()).containsExactly(pinned);
        assertThat(repository(target).list().snapshots())
                .extracting(SnapshotInfo::id)
                .contains(pinned);
    }

    @Test
    void copy_pinnedLater_isPinnedByTheNextCopy() throws Exception {
        copy(target, CopyRequest.all());
        repository(source).pin(taken.get(1));
        copy(target, CopyRequest.all());
        copy(target, CopyRequest.all());
        assertThat(repository(target).pinned()).containsExactly(taken.get(1));
        assertThat(names(target, "pins/")).hasSize(1);
    }

    @Test
    void copy_proven_proofsStay() throws Exception {
        repository(source).drill(last());
        copy(target, CopyRequest.all());
        assertThat(names(target, "proofs/")).isEmpty();
        assertThat(repository(source).proofs()).hasSize(1);
    }

    @Test
    void copy_otherNamesInTheTarget_areUntouched() throws Exception {
        SnapshotManager.builder("other", database, target).build().take();
        List<ObjectInfo> before = target.list("other/");
        copy(target, CopyRequest.all());
        assertThat(target.list("other/")).isEqualTo(before);
        assertThat(SnapshotRepository.of("none", source)
                        .copyTo(target, CopyRequest.all())
                        .copied())
                .isEmpty();
    }

    @Test
    void copy_sameStore_isRejected() throws Exception {
        assertThatThrownBy(() -> copy(source.again(), CopyRequest.all()))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("same store");
        Path store = Files.createDirectory(directory.resolve("store"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), store);
        take(FileSystemSnapshotStore.open(store));
        assertThatThrownBy(() -> repository(FileSystemSnapshotStore.open(store))
                        .copyTo(FileSystemSnapshotStore.open(link), CopyRequest.all()))
                .hasMessageContaining("same store");
        assertThat(names(source, "clock/")).isEmpty();
    }

    @Test
    void copy_sourceIsReadOnly_isOnlyRead() throws Exception {
        HookedStore readOnly = new HookedStore(source, (number, call, name) -> {
            if (call.equals("put") || call.equals("delete")) {
                throw new StoreAccessException("planned: read-only");
            }
        });
        repository(readOnly).copyTo(target, CopyRequest.all());
        assertTargetHasAll();
    }

    @Test
    void copy_retiredInTheTarget_isRejectedUntilItIsRemoved() throws Exception {
        copy(target, CopyRequest.all());
        SnapshotId retired = taken.get(0);
        repository(target).prune(PruneRequest.retire(retired));
        assertThatThrownBy(() -> copy(target, CopyRequest.of(retired)))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("retired in the target");
        CopyReport report = copy(target, CopyRequest.all());
        assertThat(report.retired()).containsExactly(retired);
        assertThat(report.problems()).isEmpty();
        pass(Duration.ofHours(25));
        repository(target).prune(PruneRequest.retain(RetentionPolicy.keepLast(9)));
        assertThat(copy(target, CopyRequest.all()).copied()).containsExactly(retired);
        assertTargetHasAll();
    }

    @Test
    void copy_damagedPack_isNamedAndNothingOfItsSnapshotsIsCommitted() throws Exception {
        String damaged = source.list("orders/packs/" + last()).get(0).name();
        byte[] bytes = bytes(source, damaged);
        bytes[bytes.length / 2] ^= 1;
        source.damage(damaged, bytes);
        String pack = damaged.substring("orders/packs/".length());
        assertThatThrownBy(() -> copy(target, CopyRequest.of(last())))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining(pack);
        assertThat(names(target, "manifests/")).isEmpty();
        CopyReport report = copy(target, CopyRequest.all());
        assertThat(report.problems()).containsOnlyKeys(last());
        assertThat(report.problems().get(last())).hasMessageContaining(pack);
        assertThat(report.copied()).containsExactly(taken.get(1), taken.get(0));
        assertThat(names(target, "packs/")).doesNotContain(damaged);
    }

    @Test
    void copy_unreadableManifest_isReported() throws Exception {
        source.damage("orders/manifests/" + last(), new byte[40]);
        assertThat(copy(target, CopyRequest.all()).problems()).containsOnlyKeys(last());
        assertThatThrownBy(() -> copy(target, CopyRequest.of(last()))).isInstanceOf(CorruptSnapshotException.class);
        assertThat(names(target, "manifests/")).hasSize(2);
    }

    @Test
    void copy_targetFull_failsAndContinuesLater() throws Exception {
        HookedStore full = new HookedStore(target, (number, call, name) -> {
            if (call.equals("put")
                    && name.startsWith("orders/packs/")
                    && names(target, "packs/").size() == 1) {
                throw new StoreFullException("planned: full");
            }
        });
        assertThatThrownBy(() -> copy(full, CopyRequest.all()))
                .isInstanceOf(InsufficientSpaceException.class)
                .hasMessageContaining("target is full")
                .hasMessageContaining("Prune");
        assertThat(names(target, "manifests/")).isEmpty();
        CopyReport report = copy(target, CopyRequest.all());
        assertThat(report.packs()).isEqualTo(source.list("orders/packs/").size() - 1);
        assertTargetHasAll();
    }

    /** Every call from the given one on fails, as if the process was killed. The same copy is repeated. */
    @Test
    void copy_killedBeforeAnyCall_theRepeatCompletesAndTransfersNoPackTwice() throws Exception {
        for (boolean inTarget : new boolean[] {true, false}) {
            for (int call = 0, calls = 1; call < calls; call++) {
                target = new InMemorySnapshotStore(() -> now);
                int killedAt = call;
                List<String> stored = new ArrayList<>();
                HookedStore counting = new HookedStore(target, (number, what, name) -> {
                    if (what.equals("put") && name.startsWith("orders/packs/")) {
                        stored.add(name);
                    }
                });
                IntPredicate isDead = number -> number >= killedAt;
                HookedStore one = new HookedStore(inTarget ? counting : source, (number, what, name) -> {
                    if (isDead.test(number)) {
                        throw new StoreAccessException("planned: killed");
                    }
                });
                try {
                    repository(inTarget ? source : one).copyTo(inTarget ? one : counting, CopyRequest.all());
                } catch (SnapshotException e) {
                    assertThat(e).hasMessageContaining("killed");
                }
                calls = one.log().size() > call ? call + 2 : 0;
                assertThat(names(target, "packs/")).containsAll(NamedPacks.in(target, "orders"));
                pass(Duration.ofHours(1));
                copy(counting, CopyRequest.all());
                assertTargetHasAll(VerifyDepth.STORED_BYTES);
                assertThat(stored)
                        .doesNotHaveDuplicates()
                        .hasSize(names(source, "packs/").size());
            }
        }
    }

    /** The target has complete snapshots only, whatever one call of the source or of the target does. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "SLOW", "HANG"})
    void copy_faultAtAnyCall_theRepeatCompletes(Fault fault) throws Exception {
        List<ObjectInfo> before = source.list("");
        for (boolean inTarget : new boolean[] {true, false}) {
            for (int call = 0, calls = 1; call < calls; call++) {
                target = new InMemorySnapshotStore(() -> now);
                FaultyStore faulty = new FaultyStore(inTarget ? target : source).at(call, fault);
                SnapshotStore one = RetryingSnapshotStore.builder(faulty)
                        .firstWait(Duration.ofNanos(1))
                        .patience(Duration.ofNanos(2))
                        .build();
                try {
                    repository(inTarget ? source : one).copyTo(inTarget ? one : target, CopyRequest.all());
                } catch (SnapshotException e) {
                    assertThat(e)
                            .as("%s at %s of %s", fault, call, faulty.log())
                            .hasStackTraceContaining("planned");
                }
                calls = faulty.calls();
                for (SnapshotInfo copied : repository(target).list().snapshots()) {
                    assertThat(repository(target)
                                    .verify(copied.id(), VerifyDepth.STORED_BYTES)
                                    .problem())
                            .isEmpty();
                }
                pass(Duration.ofHours(1));
                copy(target, CopyRequest.all());
                if (fault != Fault.STALE_LIST) { // It violates the contract: the copy found packs missing, and retired
                    // it.
                    assertTargetHasAll(VerifyDepth.STORED_BYTES);
                }
            }
        }
        assertThat(source.list("")).isEqualTo(before);
    }

    /** Packs that are left from a copy of a day ago may be removed at any time. */
    @Test
    void copy_oldPacksInTheTarget_areReliedOnOnlyIfASnapshotNeedsThem() throws Exception {
        copy(target, CopyRequest.of(taken.get(1)));
        String own = source.list("orders/packs/" + last()).get(0).name();
        target.putIfAbsent(own, ObjectSource.of(bytes(source, own)));
        pass(Duration.ofHours(13));
        assertThatThrownBy(() -> copy(target, CopyRequest.of(last())))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining(own.substring("orders/packs/".length()))
                .hasMessageContaining("Prune");
        assertThat(copy(target, CopyRequest.of(taken.get(0))).bytesPresent()).isPositive();
        pass(Duration.ofHours(25));
        repository(target).prune(PruneRequest.retain(RetentionPolicy.keepLast(9)));
        assertThat(copy(target, CopyRequest.of(last())).copied()).containsExactly(last());
        assertTargetHasAll();
    }

    @Test
    void copy_packsOnlyOfARetiredSnapshot_areNotReliedOn() {
        copy(target, CopyRequest.of(taken.get(1)));
        pass(Duration.ofHours(13));
        SnapshotId own = SnapshotManager.builder("orders", database, target)
                .clock(() -> now)
                .build()
                .take(TakeRequest.full())
                .id();
        repository(target).prune(PruneRequest.retire(taken.get(1)));
        assertThatThrownBy(() -> copy(target, CopyRequest.of(taken.get(0))))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("no snapshot in use");
        assertThat(repository(target).list().snapshots())
                .extracting(SnapshotInfo::id)
                .containsExactly(own);
    }

    /** If a snapshot with a marker is unpinned, the next sweep removes it. */
    @Test
    void copy_packsOnlyOfAPinnedAndMarkedSnapshot_areNotReliedOn() throws Exception {
        copy(target, CopyRequest.of(taken.get(1)));
        repository(target).pin(taken.get(1));
        target.putIfAbsent("orders/retired/" + taken.get(1), ObjectSource.of(new byte[0]));
        pass(Duration.ofHours(13));
        assertThat(repository(target).list().snapshots()).hasSize(1);
        assertThatThrownBy(() -> copy(target, CopyRequest.of(last())))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("no snapshot in use");
    }

    /** If packs and manifest were late, readers would take the snapshot for one that was copied with its store. */
    @Test
    void copy_packsAreLate_storesNoManifest() throws Exception {
        assertLatePacksAreRejected();
    }

    private void assertLatePacksAreRejected() throws Exception {
        HookedStore slow = new HookedStore(target, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/packs/")) {
                pass(Duration.ofHours(13));
            }
        });
        assertThatThrownBy(() -> copy(slow, CopyRequest.of(last())))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("half the grace period");
        assertThat(names(target, "manifests/")).isEmpty();
        assertThat(names(target, "retired/")).isEmpty();
    }

    /** The packs of the base are transferred too, after those of the snapshot. */
    @Test
    void copy_packsOfTheBaseAreLate_storesNoManifest() throws Exception {
        for (String own : names(source, "packs/" + last())) {
            target.putIfAbsent(own, ObjectSource.of(bytes(source, own)));
        }
        assertLatePacksAreRejected();
    }

    @Test
    void copy_packDamagedInTheTarget_isRejected() throws Exception {
        copy(target, CopyRequest.of(taken.get(1)));
        String shared = names(target, "packs/").stream().sorted().findFirst().orElseThrow();
        byte[] bytes = bytes(target, shared);
        bytes[9] ^= 1;
        target.damage(shared, bytes);
        repository(target).verify(taken.get(1), VerifyDepth.STORED_BYTES);
        assertThatThrownBy(() -> copy(target, CopyRequest.of(last())))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("damaged in the target");
    }

    @Test
    void copy_longerThanHalfTheGracePeriod_doesNotCount() throws Exception {
        HookedStore slow = new HookedStore(target, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/manifests/")) {
                pass(Duration.ofHours(13));
            }
        });
        assertThatThrownBy(() -> copy(slow, CopyRequest.of(last())))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("half the grace period");
        assertThat(repository(target).list().snapshots()).isEmpty();
        assertThat(names(target, "retired/")).hasSize(1);
    }

    @Test
    void copy_listener_receivesStagesProgressAndOutcome() {
        Recorder recorder = new Recorder();
        CopyReport report = SnapshotRepository.builder("orders", source)
                .listener(recorder)
                .build()
                .copyTo(target, CopyRequest.of(last()).uploadBytesPerSecond(1L << 30));
        assertThat(recorder.events).containsSubsequence("+SELECT", "-SELECT", "+COPY", "-COPY", "+COMMIT", "-COMMIT");
        assertThat(recorder.totals).containsEntry(Stage.COPY, report.bytes());
        assertThat(recorder.done.get(Stage.COPY)).contains(report.bytes());
        assertThat(recorder.outcomes).extracting(OperationOutcome::operation).containsExactly(Operation.COPY);
        assertThat(recorder.outcomes.get(0).bytes()).isEqualTo(report.bytes());
    }

    @Test
    void request_invalidValues_areRejected() {
        Stream.<Runnable>of(
                        () -> CopyRequest.latest(0),
                        () -> CopyRequest.all().gracePeriod(Duration.ZERO),
                        () -> CopyRequest.all().gracePeriod(Duration.ofDays(40_000)),
                        () -> CopyRequest.all().uploadBytesPerSecond(0))
                .forEach(call -> assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class));
        assertThat(CopyRequest.latest(2).latest()).hasValue(2);
        assertThat(CopyRequest.all().latest()).isEmpty();
        assertThat(CopyRequest.all().uploadBytesPerSecond(7).uploadBytesPerSecond())
                .hasValue(7);
    }
}

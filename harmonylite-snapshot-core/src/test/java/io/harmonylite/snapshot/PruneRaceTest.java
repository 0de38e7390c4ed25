package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.HookedStore.Hook;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Races with a prune. One party is paused before a call of the store, for any time by the store's clock, and another
 * party does all its work. The grace period is 24 hours.
 */
class PruneRaceTest {

    private static final PruneRequest KEEP_ONE = PruneRequest.retain(RetentionPolicy.keepLast(1));

    @TempDir
    Path directory;

    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private InMemorySnapshotStore saved = store;
    private Instant savedAt = now;
    Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)", TestDatabase.fill("t", "x", "randomblob(100)", 50));
    }

    final SnapshotId take() {
        return take((number, call, name) -> {});
    }

    final SnapshotId take(Hook hook) {
        now = now.plus(Duration.ofMinutes(1));
        return take(new HookedStore(store, hook));
    }

    final SnapshotId take(HookedStore hooked) {
        change();
        return SnapshotManager.builder("orders", database, hooked)
                .build()
                .take(request())
                .id();
    }

    /** Returns what is requested of every take. */
    TakeRequest request() {
        return TakeRequest.full();
    }

    /** Changes the database before a take. */
    void change() {}

    /** Changes a page. */
    final void insert() {
        try {
            TestDatabase.run(database, "INSERT INTO t VALUES (randomblob(100))");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    final PruneReport prune() {
        return repository().prune(KEEP_ONE);
    }

    final PruneReport prune(Hook hook) {
        return SnapshotRepository.of("orders", new HookedStore(store, hook)).prune(KEEP_ONE);
    }

    final SnapshotRepository repository() {
        return SnapshotRepository.of("orders", store);
    }

    final void advanceHours(int hours) {
        now = now.plus(Duration.ofHours(hours));
    }

    final List<SnapshotId> listed() {
        return repository().list().snapshots().stream().map(SnapshotInfo::id).toList();
    }

    /** Asserts that at least one snapshot is listed, and that all listed snapshots are complete. */
    final void assertAllListedAreComplete() {
        assertThat(listed()).isNotEmpty();
        for (SnapshotId id : listed()) {
            assertThat(repository().verify(id, VerifyDepth.STORED_BYTES).problem())
                    .isEmpty();
        }
    }

    /** Asserts that after a grace period only the objects of listed snapshots remain. */
    final void assertOnlyListedRemain() {
        prune();
        advanceHours(24);
        prune();
        Set<String> needed = new TreeSet<>();
        for (SnapshotId id : listed()) {
            needed.add("orders/manifests/" + id);
            packs(id).forEach(pack -> needed.add("orders/packs/" + pack));
        }
        assertThat(store.list("")).extracting(ObjectInfo::name).containsExactlyElementsOf(needed);
        assertAllListedAreComplete();
    }

    /** Returns the packs that a snapshot names. */
    final List<PackName> packs(SnapshotId id) {
        try (InputStream in = store.open("orders/manifests/" + id)) {
            return ManifestCodec.decodePacks(in.readAllBytes());
        } catch (IOException | MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Saves the store and the time, for {@link #reset}. */
    final void save() {
        saved = store;
        savedAt = now;
    }

    /** Starts again from a copy of the saved store, which is faster than further takes. */
    final void reset() {
        store = saved.copy();
        now = savedAt;
    }

    interface Action {
        void run() throws IOException;
    }

    static Hook at(int wanted, Runnable action) {
        return (number, call, name) -> {
            if (number == wanted) {
                action.run();
            }
        };
    }

    static Hook before(String wanted, Runnable action) {
        return (number, call, name) -> {
            if ((call + " " + name).startsWith(wanted)) {
                action.run();
            }
        };
    }

    /** Runs an action before certain calls that follow the put of an object in a folder. */
    static Hook afterPut(String folder, String wanted, Action action) {
        boolean[] isPut = new boolean[1];
        return (number, call, name) -> {
            if (isPut[0] && (call + " " + name).startsWith(wanted)) {
                action.run();
            }
            isPut[0] |= call.equals("put") && name.startsWith("orders/" + folder);
        };
    }

    // A slow take and a sweep.

    @Test
    void take_pausedWithinTheGracePeriodAtAnyCall_survivesASweep() {
        take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                advanceHours(11);
                prune();
            }));
            SnapshotId taken = take(hooked);
            calls = hooked.log().size();
            assertThat(listed()).as("%d of %s", call, hooked.log()).contains(taken);
            assertAllListedAreComplete();
            assertOnlyListedRemain();
        }
    }

    @Test
    void take_pausedPastTheGracePeriodAtAnyCall_completesOrFailsUnlisted() {
        SnapshotId before = take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                advanceHours(25);
                prune();
            }));
            try {
                SnapshotId taken = take(hooked);
                assertThat(listed()).contains(taken);
            } catch (SnapshotConfigurationException e) {
                assertThat(e).hasMessageContaining("grace");
                assertThat(listed()).containsExactly(before);
            }
            calls = hooked.log().size();
            assertAllListedAreComplete();
            assertOnlyListedRemain();
        }
    }

    @Test
    void take_pausedPastTheGracePeriodBeforeItsFirstCheck_findsItsPacksRemoved() {
        SnapshotId before = take();
        assertThatThrownBy(() -> take(afterPut("packs/", "list orders/packs/", () -> {
                    advanceHours(25);
                    assertThat(prune().orphans()).isEqualTo(1);
                })))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(store.list("orders/retired/")).isEmpty();
        assertThat(listed()).containsExactly(before);
        assertOnlyListedRemain();
    }

    @Test
    void take_pausedPastTheGracePeriodBetweenItsChecks_retiresItsManifest() {
        SnapshotId before = take();
        assertThatThrownBy(() -> take(before("put orders/manifests/", () -> {
                    advanceHours(25);
                    assertThat(prune().orphans()).isEqualTo(1);
                })))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(store.list("orders/retired/")).hasSize(1);
        assertThat(listed()).containsExactly(before);
        assertOnlyListedRemain();
    }

    /**
     * The sweep reads the manifests before the take writes its own, and deletes packs after the take's second check.
     */
    @Test
    void sweep_pausedBetweenReadAndDelete_failsTheLateTake() throws Exception {
        SnapshotId before = take();
        CountDownLatch packed = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<SnapshotId> taking = executor.submit(() -> take((number, call, name) -> {
                if (call.equals("put") && name.startsWith("orders/manifests/")) {
                    packed.countDown();
                    await(read);
                }
            }));
            await(packed);
            advanceHours(25);
            PruneReport report = prune((number, call, name) -> {
                if (call.equals("delete") && name.startsWith("orders/packs/")) {
                    read.countDown();
                    assertThatThrownBy(taking::get)
                            .hasCauseInstanceOf(SnapshotConfigurationException.class)
                            .hasMessageContaining("grace");
                }
            });
            assertThat(report.orphans()).isEqualTo(1);
        } finally {
            executor.shutdownNow();
        }
        assertThat(listed()).containsExactly(before);
        assertOnlyListedRemain();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** The take stores its packs before the sweep begins, commits during the sweep, and is in time. */
    @Test
    void sweep_pausedForDaysAtAnyCall_keepsTheTakeThatCommits() throws Exception {
        take();
        save();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            for (int call = 0, calls = 1; call < calls; call++) {
                reset();
                CountDownLatch packed = new CountDownLatch(1);
                CountDownLatch commit = new CountDownLatch(1);
                Future<SnapshotId> taking = executor.submit(() -> take((number, what, name) -> {
                    if (what.equals("put") && name.startsWith("orders/manifests/")) {
                        packed.countDown();
                        await(commit);
                    }
                }));
                await(packed);
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    commit.countDown();
                    assertThat(taking).succeedsWithin(Duration.ofMinutes(1));
                    advanceHours(50);
                }));
                SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
                calls = hooked.log().size();
                commit.countDown();
                assertThat(listed()).as("%d of %s", call, hooked.log()).contains(taking.get());
                assertAllListedAreComplete();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** The take is in time by the store's clock, so the sweep cannot have missed its manifest. */
    @Test
    void sweep_pausedForDaysAfterListingPacks_keepsTheTakeThatWasInTime() {
        take();
        SnapshotId[] taken = new SnapshotId[1];
        prune((number, call, name) -> {
            if (number == 4) { // Packs are listed, manifests are not yet.
                taken[0] = take(before("put orders/manifests/", () -> advanceHours(11)));
                advanceHours(48);
            }
        });
        assertThat(listed()).contains(taken[0]);
        assertAllListedAreComplete();
        assertOnlyListedRemain();
    }

    @Test
    void take_secondCheckFails_isIndeterminateAndNotRetired() {
        SnapshotId before = take();
        assertThatThrownBy(() -> take(afterPut("manifests/", "stat orders/manifests/", () -> {
                    throw new StoreAccessException("planned");
                })))
                .isInstanceOf(IndeterminateCommitException.class)
                .hasMessageContaining("verify");
        assertThat(listed()).hasSize(2).contains(before);
        assertAllListedAreComplete();
    }

    /** The take stops after its manifest, which came too late. So no prune may count it as the latest snapshot. */
    @Test
    void prune_lateManifestThatMayRetireItself_doesNotReplaceOthers() {
        SnapshotId before = take();
        AtomicInteger pruned = new AtomicInteger();
        Hook pruning = afterPut("manifests/", "stat orders/manifests/", () -> {
            assertThat(prune().retired()).isEmpty();
            pruned.incrementAndGet();
        });
        assertThatThrownBy(() -> take((number, call, name) -> {
                    if (call.equals("put") && name.startsWith("orders/manifests/")) {
                        advanceHours(13);
                    }
                    pruning.before(number, call, name);
                }))
                .isInstanceOf(SnapshotConfigurationException.class);
        assertThat(pruned).hasValue(1);
        assertThat(listed()).containsExactly(before);
        assertOnlyListedRemain();
    }

    // Two prunes.

    @Test
    void prune_anotherPruneAtAnyCall_removesTheSame() throws Exception {
        SnapshotId one = take();
        take();
        SnapshotId last = take();
        repository().prune(PruneRequest.retire(one));
        store.putIfAbsent("orders/packs/" + SnapshotId.of(now, "gone", 1) + "-000000", ObjectSource.of(new byte[1]));
        advanceHours(24);
        save();
        for (int hours : List.of(0, 24, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                reset();
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    prune();
                    advanceHours(hours);
                    prune();
                }));
                SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
                calls = hooked.log().size();
                assertThat(listed()).containsExactly(last);
                assertAllListedAreComplete();
                assertOnlyListedRemain();
            }
        }
    }

    @Test
    void prune_takeAtAnyCall_keepsTheNewSnapshot() {
        SnapshotId one = take();
        take();
        repository().prune(PruneRequest.retire(one));
        advanceHours(24);
        save();
        for (int hours : List.of(0, 11, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                reset();
                SnapshotId[] taken = new SnapshotId[1];
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    taken[0] = take();
                    advanceHours(hours);
                }));
                SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
                calls = hooked.log().size();
                assertThat(listed()).as("%d of %s", call, hooked.log()).contains(taken[0]);
                assertAllListedAreComplete();
                assertOnlyListedRemain();
            }
        }
    }

    /** A marker written while markers and manifests are listed must not be taken for one without a manifest. */
    @Test
    void prune_retirementAtAnyCall_isFinal() {
        take();
        save();
        for (int hours : List.of(0, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                reset();
                SnapshotId[] retired = new SnapshotId[1];
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    retired[0] = take();
                    take();
                    repository().prune(PruneRequest.retire(retired[0]));
                    advanceHours(hours);
                }));
                SnapshotRepository.of("orders", hooked)
                        .prune(PruneRequest.retain(RetentionPolicy.keepLast(9)).gracePeriod(Duration.ofHours(24)));
                calls = hooked.log().size();
                assertThat(listed()).as("%d of %s", call, hooked.log()).doesNotContain(retired[0]);
                assertAllListedAreComplete();
            }
        }
    }

    // Pins.

    @Test
    void prune_pinAtAnyCall_isKeptOrRejected() {
        SnapshotId one = take();
        SnapshotId two = take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            boolean[] isPinned = new boolean[1];
            HookedStore hooked = new HookedStore(store, at(call, () -> isPinned[0] = tryPin(one)));
            SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
            calls = hooked.log().size();
            assertPinIsKept(one, two, isPinned[0]);
        }
    }

    @Test
    void pin_pruneAtAnyCall_isKeptOrRejected() {
        SnapshotId one = take();
        SnapshotId two = take();
        save();
        for (int hours : List.of(0, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                reset();
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    prune();
                    advanceHours(hours);
                    prune();
                }));
                boolean isPinned = tryPin(SnapshotRepository.of("orders", hooked), one);
                calls = hooked.log().size();
                assertPinIsKept(one, two, isPinned);
            }
        }
    }

    private void assertPinIsKept(SnapshotId one, SnapshotId two, boolean isPinned) {
        advanceHours(50);
        prune();
        advanceHours(50);
        prune();
        assertThat(listed()).isEqualTo(isPinned ? List.of(one, two) : List.of(two));
        assertAllListedAreComplete();
    }

    private boolean tryPin(SnapshotId id) {
        return tryPin(repository(), id);
    }

    private static boolean tryPin(SnapshotRepository repository, SnapshotId id) {
        try {
            repository.pin(id);
            return true;
        } catch (SnapshotNotFoundException e) {
            return false;
        }
    }

    // A restore and a prune.

    @Test
    void restore_snapshotRetiredAtAnyCall_succeedsWithinTheGracePeriod() throws Exception {
        SnapshotId one = take();
        Map<String, List<String>> before = TestDatabase.dump(database);
        take();
        save();
        for (int call = 2, calls = 3; call < calls; call++) { // The snapshot is selected at the second call.
            reset();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                prune();
                advanceHours(23);
                prune();
            }));
            Path target = directory.resolve("target-" + call + ".db");
            SnapshotRepository.of("orders", hooked).restore(RestoreRequest.of(one), target);
            calls = hooked.log().size();
            assertThat(TestDatabase.dump(target)).isEqualTo(before);
        }
    }

    /** Restores the snapshot that was the latest at selection, or a newer one, but never reports "not found". */
    @Test
    void restore_latestReplacedAtAnyCall_succeeds() throws Exception {
        SnapshotId one = take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            SnapshotId[] two = new SnapshotId[1];
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                two[0] = take();
                advanceHours(1);
                prune();
                assertThat(listed()).doesNotContain(one);
            }));
            Path target = directory.resolve("latest-" + call + ".db");
            RestoreReport report = SnapshotRepository.of("orders", hooked).restore(RestoreRequest.latest(), target);
            calls = hooked.log().size();
            assertThat(report.snapshot().id()).isIn(one, two[0]);
            assertThat(TestDatabase.rows(target, "SELECT * FROM t")).hasSizeGreaterThanOrEqualTo(50);
        }
    }

    @Test
    void restore_snapshotRemovedAtAnyCall_succeedsOrLeavesTheTargetUnchanged() throws Exception {
        SnapshotId one = take();
        Map<String, List<String>> snapshot = TestDatabase.dump(database);
        take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            TestDatabase.run(database, "INSERT INTO t VALUES (1)");
            Map<String, List<String>> old = TestDatabase.dump(database);
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                prune();
                advanceHours(25);
                prune();
            }));
            try {
                SnapshotRepository.of("orders", hooked).restore(RestoreRequest.of(one), database);
                assertThat(TestDatabase.dump(database)).isEqualTo(snapshot);
            } catch (SnapshotNotFoundException e) {
                assertThat(e).hasMessageContaining(one.toString());
                assertThat(TestDatabase.dump(database)).isEqualTo(old);
            }
            calls = hooked.log().size();
        }
    }

    @Test
    void verify_snapshotRemovedAtAnyCall_isSoundOrNotFound() throws Exception {
        SnapshotId one = take();
        take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                prune();
                advanceHours(25);
                prune();
            }));
            SnapshotRepository repository = SnapshotRepository.of("orders", hooked);
            try {
                assertThat(repository.verify(one, VerifyDepth.STORED_BYTES).problem())
                        .isEmpty();
            } catch (SnapshotNotFoundException e) {
                assertThat(e).hasMessageContaining(one.toString());
            }
            calls = hooked.log().size();
        }
    }
}

package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.HookedStore.Hook;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What may happen while somebody prunes, one call of the store after the other: one party is stopped before a call, for
 * as long as the test likes by the store's clock, and another one does all its work meanwhile. Grace is 24 hours.
 */
class PruneRaceTest {

    private static final PruneRequest KEEP_ONE = PruneRequest.retain(RetentionPolicy.keepLast(1));

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)", TestDatabase.fill("t", "x", "randomblob(100)", 50));
    }

    private SnapshotId take() {
        return take((number, call, name) -> {});
    }

    private SnapshotId take(Hook hook) {
        now = now.plus(Duration.ofMinutes(1));
        return SnapshotManager.builder("orders", database, new HookedStore(store, hook))
                .build()
                .take()
                .id();
    }

    private PruneReport prune() {
        return repository().prune(KEEP_ONE);
    }

    private PruneReport prune(Hook hook) {
        return SnapshotRepository.of("orders", new HookedStore(store, hook)).prune(KEEP_ONE);
    }

    private SnapshotRepository repository() {
        return SnapshotRepository.of("orders", store);
    }

    private void pass(int hours) {
        now = now.plus(Duration.ofHours(hours));
    }

    private List<SnapshotId> listed() {
        return repository().list().snapshots().stream().map(SnapshotInfo::id).toList();
    }

    /** Whoever lists snapshots finds some, and all of them whole. */
    private void assertAllListedAreWhole() {
        assertThat(listed()).isNotEmpty();
        for (SnapshotId id : listed()) {
            assertThat(repository().verify(id, VerifyDepth.STORED_BYTES).problem())
                    .isEmpty();
        }
    }

    /** After a grace period nothing is left but what is listed. */
    private void assertNothingIsLeftOver() {
        prune();
        pass(24);
        prune();
        assertThat(store.list("")).hasSize(2 * listed().size());
        assertAllListedAreWhole();
    }

    private static Hook at(int wanted, Runnable action) {
        return (number, call, name) -> {
            if (number == wanted) {
                action.run();
            }
        };
    }

    private static Hook before(String wanted, Runnable action) {
        return (number, call, name) -> {
            if ((call + " " + name).startsWith(wanted)) {
                action.run();
            }
        };
    }

    // A slow taker against a sweeper.

    @Test
    void take_pausedAtAnyCallForLessThanTheGrace_isNotHarmedByASweep() {
        for (int call = 0, calls = 1; call < calls; call++) {
            store = new InMemorySnapshotStore(() -> now);
            take();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                pass(11);
                prune();
            }));
            SnapshotManager manager =
                    SnapshotManager.builder("orders", database, hooked).build();
            SnapshotId taken = manager.take().id();
            calls = hooked.log().size();
            assertThat(listed()).as("%d of %s", call, hooked.log()).contains(taken);
            assertAllListedAreWhole();
            assertNothingIsLeftOver();
        }
    }

    @Test
    void take_pausedAtAnyCallPastTheGrace_isWholeOrFailsAndIsNotListed() {
        for (int call = 0, calls = 1; call < calls; call++) {
            store = new InMemorySnapshotStore(() -> now);
            SnapshotId before = take();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                pass(25);
                prune();
            }));
            SnapshotManager manager =
                    SnapshotManager.builder("orders", database, hooked).build();
            try {
                SnapshotId taken = manager.take().id();
                assertThat(listed()).contains(taken);
            } catch (SnapshotConfigurationException e) {
                assertThat(e).hasMessageContaining("grace");
                assertThat(listed()).containsExactly(before);
            }
            calls = hooked.log().size();
            assertAllListedAreWhole();
            assertNothingIsLeftOver();
        }
    }

    @Test
    void take_pausedPastTheGraceBeforeItsFirstLook_findsItsPacksGone() {
        SnapshotId before = take();
        assertThatThrownBy(() -> take(before("list orders/packs/", () -> {
                    pass(25);
                    assertThat(prune().orphans()).isEqualTo(1);
                })))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(store.list("orders/retired/")).isEmpty();
        assertThat(listed()).containsExactly(before);
        assertNothingIsLeftOver();
    }

    @Test
    void take_pausedPastTheGraceBetweenItsLooks_retiresWhatItWrote() {
        SnapshotId before = take();
        assertThatThrownBy(() -> take(before("put orders/manifests/", () -> {
                    pass(25);
                    assertThat(prune().orphans()).isEqualTo(1);
                })))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(store.list("orders/retired/")).hasSize(1);
        assertThat(listed()).containsExactly(before);
        assertNothingIsLeftOver();
    }

    /** The sweep has read the manifests before the take wrote its own, and removes packs after the take's second look. */
    @Test
    void sweep_pausedBetweenReadingAndRemoving_harmsNoTakeThatWasConfirmed() throws Exception {
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
            pass(25);
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
        assertNothingIsLeftOver();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** The take has stored its packs before the sweep begins, commits inside it, and is in time. */
    @Test
    void sweep_pausedForDaysAtAnyCallWhileATakeCommits_harmsItNot() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            for (int call = 0, calls = 1; call < calls; call++) {
                store = new InMemorySnapshotStore(() -> now);
                take();
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
                    pass(50);
                }));
                SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
                calls = hooked.log().size();
                commit.countDown();
                assertThat(listed()).as("%d of %s", call, hooked.log()).contains(taking.get());
                assertAllListedAreWhole();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** As before, but the take is in time by the store's clock; then the sweep cannot have missed its manifest. */
    @Test
    void sweep_pausedForDays_harmsNoTakeThatCameInTime() {
        take();
        SnapshotId[] taken = new SnapshotId[1];
        prune((number, call, name) -> {
            if (number == 4) { // Packs are listed, manifests are not.
                taken[0] = take(before("put orders/manifests/", () -> pass(11)));
                pass(48);
            }
        });
        assertThat(listed()).contains(taken[0]);
        assertAllListedAreWhole();
        assertNothingIsLeftOver();
    }

    @Test
    void take_thatCannotLookASecondTime_isIndeterminateAndNotRetired() {
        SnapshotId before = take();
        assertThatThrownBy(() -> take((number, call, name) -> {
                    if (call.equals("stat")) {
                        throw new StoreAccessException("planned");
                    }
                }))
                .isInstanceOf(IndeterminateCommitException.class)
                .hasMessageContaining("verify");
        assertThat(listed()).hasSize(2).contains(before);
        assertAllListedAreWhole();
    }

    /** The take dies after its manifest, which came too late: nobody may rely on it as the newest one. */
    @Test
    void prune_takeThatCameLateAndMayStillRetireItself_retiresNothingForIt() {
        SnapshotId before = take();
        AtomicInteger pruned = new AtomicInteger();
        assertThatThrownBy(() -> take((number, call, name) -> {
                    if (call.equals("put") && name.startsWith("orders/manifests/")) {
                        pass(13);
                    }
                    if (call.equals("stat")) {
                        assertThat(prune().retired()).isEmpty();
                        pruned.incrementAndGet();
                    }
                }))
                .isInstanceOf(SnapshotConfigurationException.class);
        assertThat(pruned).hasValue(1);
        assertThat(listed()).containsExactly(before);
        assertNothingIsLeftOver();
    }

    // Two sweepers.

    @Test
    void twoPrunes_oneInsideTheOtherAtAnyCall_removeTheSame() throws Exception {
        SnapshotId one = take();
        take();
        SnapshotId last = take();
        repository().prune(PruneRequest.retire(one));
        store.putIfAbsent("orders/packs/" + SnapshotId.of(now, "gone", 1) + "-000000", ObjectSource.of(new byte[1]));
        InMemorySnapshotStore original = store;
        for (int hours : List.of(0, 24, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                store = copyOf(original);
                pass(24);
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    prune();
                    pass(hours);
                    prune();
                }));
                SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
                calls = hooked.log().size();
                assertThat(listed()).containsExactly(last);
                assertAllListedAreWhole();
                assertNothingIsLeftOver();
            }
        }
    }

    private InMemorySnapshotStore copyOf(InMemorySnapshotStore original) throws IOException {
        InMemorySnapshotStore copy = new InMemorySnapshotStore(() -> now);
        for (ObjectInfo object : original.list("")) {
            try (InputStream in = original.open(object.name())) {
                copy.putIfAbsent(object.name(), ObjectSource.of(in.readAllBytes()));
            }
        }
        return copy;
    }

    @Test
    void prune_takeInsideAtAnyCall_keepsTheTakenOne() {
        for (int hours : List.of(0, 11, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                store = new InMemorySnapshotStore(() -> now);
                SnapshotId one = take();
                take();
                repository().prune(PruneRequest.retire(one));
                pass(24);
                SnapshotId[] taken = new SnapshotId[1];
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    taken[0] = take();
                    pass(hours);
                }));
                SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
                calls = hooked.log().size();
                assertThat(listed()).as("%d of %s", call, hooked.log()).contains(taken[0]);
                assertAllListedAreWhole();
                assertNothingIsLeftOver();
            }
        }
    }

    /** A marker that was written while markers and manifests were listed must not be taken for one without manifest. */
    @Test
    void prune_retiredInsideAtAnyCall_neverComesBack() {
        for (int hours : List.of(0, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                store = new InMemorySnapshotStore(() -> now);
                take();
                SnapshotId[] retired = new SnapshotId[1];
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    retired[0] = take();
                    take();
                    repository().prune(PruneRequest.retire(retired[0]));
                    pass(hours);
                }));
                SnapshotRepository.of("orders", hooked)
                        .prune(PruneRequest.retain(RetentionPolicy.keepLast(9)).gracePeriod(Duration.ofHours(24)));
                calls = hooked.log().size();
                assertThat(listed()).as("%d of %s", call, hooked.log()).doesNotContain(retired[0]);
                assertAllListedAreWhole();
            }
        }
    }

    // Pins.

    @Test
    void pin_insideAPruneAtAnyCall_winsOrIsRefused() {
        for (int call = 0, calls = 1; call < calls; call++) {
            store = new InMemorySnapshotStore(() -> now);
            SnapshotId one = take();
            SnapshotId two = take();
            boolean[] pinned = new boolean[1];
            HookedStore hooked = new HookedStore(store, at(call, () -> pinned[0] = pins(one)));
            SnapshotRepository.of("orders", hooked).prune(KEEP_ONE);
            calls = hooked.log().size();
            assertPinWins(one, two, pinned[0]);
        }
    }

    @Test
    void prune_insideAPinAtAnyCall_losesOrRefusesThePin() {
        for (int hours : List.of(0, 50)) {
            for (int call = 0, calls = 1; call < calls; call++) {
                store = new InMemorySnapshotStore(() -> now);
                SnapshotId one = take();
                SnapshotId two = take();
                HookedStore hooked = new HookedStore(store, at(call, () -> {
                    prune();
                    pass(hours);
                    prune();
                }));
                boolean pinned = pins(SnapshotRepository.of("orders", hooked), one);
                calls = hooked.log().size();
                assertPinWins(one, two, pinned);
            }
        }
    }

    private void assertPinWins(SnapshotId one, SnapshotId two, boolean pinned) {
        pass(50);
        prune();
        pass(50);
        prune();
        assertThat(listed()).isEqualTo(pinned ? List.of(one, two) : List.of(two));
        assertAllListedAreWhole();
    }

    private boolean pins(SnapshotId id) {
        return pins(repository(), id);
    }

    private static boolean pins(SnapshotRepository repository, SnapshotId id) {
        try {
            repository.pin(id);
            return true;
        } catch (SnapshotNotFoundException e) {
            return false;
        }
    }

    // A restorer against a pruner.

    @Test
    void restore_snapshotRetiredInsideAtAnyCall_isNotHarmedWithinTheGrace() throws Exception {
        SnapshotId one = take();
        Map<String, List<String>> before = TestDatabase.dump(database);
        take();
        InMemorySnapshotStore original = store;
        for (int call = 2, calls = 3; call < calls; call++) { // Before the second call it is not looked at yet.
            store = copyOf(original);
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                prune();
                pass(23);
                prune();
            }));
            Path target = directory.resolve("target-" + call + ".db");
            SnapshotRepository.of("orders", hooked).restore(RestoreRequest.of(one), target);
            calls = hooked.log().size();
            assertThat(TestDatabase.dump(target)).isEqualTo(before);
        }
    }

    /** What was the latest when it was chosen is restored, and a newer one is: neither is "not found". */
    @Test
    void restore_latestIsReplacedAtAnyCall_isDone() throws Exception {
        for (int call = 0, calls = 1; call < calls; call++) {
            store = new InMemorySnapshotStore(() -> now);
            SnapshotId one = take();
            SnapshotId[] two = new SnapshotId[1];
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                two[0] = take();
                pass(1);
                prune();
                assertThat(listed()).doesNotContain(one);
            }));
            Path target = directory.resolve("latest-" + call + ".db");
            RestoreReport report = SnapshotRepository.of("orders", hooked).restore(RestoreRequest.latest(), target);
            calls = hooked.log().size();
            assertThat(report.snapshot().id()).isIn(one, two[0]);
            assertThat(TestDatabase.value(target, "SELECT count(*) FROM t")).isEqualTo("50");
        }
    }

    @Test
    void restore_snapshotRemovedInsideAtAnyCall_isDoneOrLeavesTheTargetAsItWas() throws Exception {
        SnapshotId one = take();
        Map<String, List<String>> snapshot = TestDatabase.dump(database);
        take();
        InMemorySnapshotStore original = store;
        for (int call = 0, calls = 1; call < calls; call++) {
            store = copyOf(original);
            TestDatabase.run(database, "INSERT INTO t VALUES (1)");
            Map<String, List<String>> old = TestDatabase.dump(database);
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                prune();
                pass(25);
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
    void verify_snapshotRemovedInsideAtAnyCall_isSoundOrGone() throws Exception {
        SnapshotId one = take();
        take();
        InMemorySnapshotStore original = store;
        for (int call = 0, calls = 1; call < calls; call++) {
            store = copyOf(original);
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                prune();
                pass(25);
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

package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.HookedStore.Hook;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Races of copies with prunes, takes and other copies in the target. One party is paused before a call of the target, and
 * another party does all its work. The grace period is 24 hours.
 */
class CopyRaceTest {

    private static final PruneRequest SWEEP = PruneRequest.retain(RetentionPolicy.keepLast(99));

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore source = new InMemorySnapshotStore(() -> now);
    private InMemorySnapshotStore target = new InMemorySnapshotStore(() -> now);
    private Path database;
    private final List<SnapshotId> taken = new ArrayList<>();

    @BeforeEach
    void takeThreeAndCopyTwo() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("t", "x", "randomblob(400)", 100));
        for (int i = 0; i < 3; i++) {
            TestDatabase.run(database, "UPDATE t SET x = randomblob(400) WHERE id = " + (1 + i * 40));
            pass(1);
            taken.add(take(source));
        }
        copy(target, CopyRequest.of(taken.get(0)));
        copy(target, CopyRequest.of(taken.get(1)));
        pass(48);
    }

    private void pass(int hours) {
        now = now.plus(Duration.ofHours(hours));
    }

    private SnapshotId take(SnapshotStore store) {
        return SnapshotManager.builder("orders", database, store)
                .clock(() -> now)
                .build()
                .take()
                .id();
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

    private static Hook at(int call, Runnable action) {
        return (number, what, name) -> {
            if (number == call) {
                action.run();
            }
        };
    }

    private List<SnapshotId> listed() {
        return repository(target).list().snapshots().stream()
                .map(SnapshotInfo::id)
                .toList();
    }

    private void assertAllListedAreComplete() {
        assertThat(listed()).isNotEmpty();
        for (SnapshotId id : listed()) {
            assertThat(repository(target).verify(id, VerifyDepth.STORED_BYTES).problem())
                    .isEmpty();
        }
    }

    private void assertOnlyListedRemain() throws Exception {
        repository(target).prune(SWEEP);
        pass(24);
        repository(target).prune(SWEEP);
        TreeSet<String> needed = new TreeSet<>(NamedPacks.in(target, "orders"));
        listed().forEach(id -> needed.add("orders/manifests/" + id));
        assertThat(target.list("")).extracting(object -> object.name()).containsExactlyElementsOf(needed);
        assertAllListedAreComplete();
    }

    /** The copy is paused for the given hours. In this time the snapshots whose packs it relies on are retired. */
    @ParameterizedTest
    @ValueSource(ints = {0, 11, 13, 23, 25, 49})
    void copy_neededSnapshotsRetiredAndSweptAtAnyCall_completesOrFailsUnlisted(int hours) throws Exception {
        InMemorySnapshotStore saved = target;
        Instant savedAt = now;
        for (int call = 0, calls = 1; call < calls; call++) {
            target = saved.copy();
            now = savedAt;
            InMemorySnapshotStore store = target;
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                SnapshotManager.builder("orders", database, store)
                        .clock(() -> now)
                        .build()
                        .take(TakeRequest.full());
                repository(store).prune(PruneRequest.retire(taken.get(0)));
                repository(store).prune(PruneRequest.retire(taken.get(1)));
                pass(hours);
                repository(store).prune(SWEEP);
            }));
            try {
                copy(hooked, CopyRequest.of(last()));
                assertThat(listed()).contains(last());
            } catch (SnapshotConfigurationException e) {
                if (!String.valueOf(e.getMessage()).contains("no snapshot in use")) {
                    assertThat(e).hasMessageContaining("grace");
                    assertThat(hours).isGreaterThan(12);
                }
                assertThat(listed()).doesNotContain(last());
            }
            calls = hooked.log().size();
            assertAllListedAreComplete();
            pass(48);
            assertOnlyListedRemain();
        }
    }

    /**
     * A sweep is paused before any of its listings. In this time another one removes the snapshot, and a copy stores it
     * again under the same names.
     */
    @Test
    void sweep_snapshotIsRemovedAndCopiedAgainAtAnyListing_keepsTheCopy() throws Exception {
        copy(target, CopyRequest.of(last()));
        take(target); // Of a higher generation, so that the copy may be retired.
        repository(target).prune(PruneRequest.retire(last()));
        pass(25);
        assertCopiedAtAnyListingIsKept(true);
    }

    /** A sweep is paused before any of its listings. In this time a copy finds old packs that no manifest names. */
    @Test
    void sweep_copyFindsOldPacksAtAnyListing_keepsWhatIsCopied() throws Exception {
        copy(target, CopyRequest.of(last()));
        target.delete("orders/manifests/" + last());
        pass(25);
        assertCopiedAtAnyListingIsKept(false);
    }

    /** A sweep is paused before any of its listings. In this time a copy finds packs that only retired snapshots need. */
    @Test
    void sweep_copyFindsPacksOfRetiredSnapshotsAtAnyListing_keepsWhatIsCopied() throws Exception {
        SnapshotManager.builder("orders", database, target)
                .clock(() -> now)
                .build()
                .take(TakeRequest.full());
        repository(target).prune(PruneRequest.retire(taken.get(0)));
        repository(target).prune(PruneRequest.retire(taken.get(1)));
        pass(25);
        assertCopiedAtAnyListingIsKept(false);
    }

    private void assertCopiedAtAnyListingIsKept(boolean isSweptFirst) throws Exception {
        InMemorySnapshotStore saved = target;
        HookedStore alone = new HookedStore(saved.copy(), (number, what, name) -> {});
        repository(alone).prune(SWEEP);
        int copies = 0;
        for (int call = 0; call < alone.log().size(); call++) {
            target = saved.copy();
            InMemorySnapshotStore store = target;
            int paused = call;
            List<SnapshotId> copied = new ArrayList<>();
            HookedStore hooked = new HookedStore(store, (number, what, name) -> {
                if (number == paused && !what.equals("delete")) {
                    if (isSweptFirst) {
                        repository(store).prune(SWEEP);
                    }
                    try {
                        copied.addAll(copy(store, CopyRequest.of(last())).copied());
                    } catch (SnapshotConfigurationException e) {
                        assertThat(e).hasMessageContaining("no snapshot in use");
                    }
                }
            });
            repository(hooked).prune(SWEEP);
            copies += copied.size();
            assertThat(listed()).containsAll(copied);
            assertAllListedAreComplete();
        }
        assertThat(copies).isGreaterThanOrEqualTo(isSweptFirst ? 1 : 0);
    }

    /** Both copies store the same packs. One of them stores the manifest. */
    @Test
    void copy_sameCopyAtAnyCall_oneOfThemStoresIt() throws Exception {
        InMemorySnapshotStore saved = target;
        for (int call = 0, calls = 1; call < calls; call++) {
            target = saved.copy();
            InMemorySnapshotStore store = target;
            HookedStore hooked = new HookedStore(store, at(call, () -> copy(store, CopyRequest.of(last()))));
            try {
                CopyReport report = copy(hooked, CopyRequest.of(last()));
                assertThat(report.copied().size() + report.present().size()).isEqualTo(1);
            } catch (SnapshotInProgressException | IndeterminateCommitException e) {
                assertThat(e).hasMessageContaining("another copy");
            }
            calls = hooked.log().size();
            assertThat(listed()).contains(last());
            assertOnlyListedRemain();
        }
    }

    /** A take in the target uses packs of a copy, and a copy those of a take. */
    @Test
    void take_copyAtAnyCall_bothAreComplete() throws Exception {
        InMemorySnapshotStore saved = target;
        for (int call = 0, calls = 1; call < calls; call++) {
            target = saved.copy();
            InMemorySnapshotStore store = target;
            HookedStore hooked = new HookedStore(store, at(call, () -> copy(store, CopyRequest.of(last()))));
            SnapshotId own = take(hooked);
            calls = hooked.log().size();
            assertThat(listed()).contains(own);
            assertOnlyListedRemain();
        }
    }
}

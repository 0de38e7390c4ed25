package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The races of {@link PruneRaceTest} between takes that reference packs of earlier takes, and those that concern the base
 * of a take.
 */
class IncrementalPruneRaceTest extends PruneRaceTest {

    @Override
    TakeRequest request() {
        return TakeRequest.incremental();
    }

    @Override
    void change() {
        insert();
    }

    private void retire(SnapshotId id) {
        repository().prune(PruneRequest.retire(id));
    }

    @Test
    void take_latest_referencesItsPacks() {
        SnapshotId one = take();
        SnapshotId two = take();
        assertThat(packs(two))
                .containsAll(packs(one))
                .hasSizeGreaterThan(packs(one).size());
    }

    /** The take is paused for the given hours. In this time the base is retired, and swept if it may be. */
    @ParameterizedTest
    @ValueSource(ints = {0, 11, 13, 23, 25, 49})
    void take_baseRetiredAndSweptAtAnyCall_completesOrFailsUnlisted(int hours) {
        take();
        take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            SnapshotId base = listed().get(listed().size() - 1);
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                SnapshotId newer = take(); // So that the base may be retired.
                retire(base);
                retireNewest(newer);
                advanceHours(hours);
                repository().prune(PruneRequest.retain(RetentionPolicy.keepLast(9)));
            }));
            try {
                SnapshotId taken = take(hooked);
                assertThat(listed()).contains(taken);
            } catch (SnapshotConfigurationException e) {
                assertThat(e).hasMessageContaining("grace");
                assertThat(hours).isGreaterThan(12);
            }
            calls = hooked.log().size();
            assertAllListedAreComplete();
            advanceHours(48);
            assertOnlyListedRemain();
        }
    }

    /** Takes a full snapshot, so that nothing else needs the packs of the base, and retires the given one. */
    private void retireNewest(SnapshotId newer) {
        now = now.plus(Duration.ofMinutes(1));
        SnapshotManager.builder("orders", database, store).build().take(TakeRequest.full());
        retire(newer);
    }

    /** A take needs packs of a snapshot that the sweep has listed. Another sweep removes that snapshot before it is read. */
    @Test
    void sweep_baseOfALaterTakeIsRemovedAtAnyCall_keepsItsPacks() {
        take();
        take();
        advanceHours(48);
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                take();
                prune();
                advanceHours(25);
                prune();
            }));
            SnapshotRepository.of("orders", hooked).prune(PruneRequest.retain(RetentionPolicy.keepLast(1)));
            calls = hooked.log().size();
            assertAllListedAreComplete();
        }
    }

    @Test
    void take_basePinnedAndMarked_isNotReferenced() {
        SnapshotId pinned = take();
        SnapshotPin pin = pinAndMark(pinned);
        assertThat(listed()).contains(pinned);
        SnapshotId taken = take();
        assertThat(packs(taken)).doesNotContainAnyElementsOf(packs(pinned));
        advanceHours(100);
        pin.unpin();
        prune();
        assertAllListedAreComplete();
    }

    private interface SnapshotPin {
        void unpin();
    }

    /** Pins a snapshot, and marks it as a prune does that did not see the pin. */
    private SnapshotPin pinAndMark(SnapshotId id) {
        String pin = "orders/pins/" + id + "-0123456789abcdef";
        try {
            store.putIfAbsent(pin, ObjectSource.of(new byte[0]));
            store.putIfAbsent("orders/retired/" + id, ObjectSource.of(new byte[0]));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return () -> store.delete(pin);
    }

    /** A sweep may use the shorter grace period of the base, so a take with a longer one must not rely on it. */
    @Test
    void take_baseOfAShorterGracePeriod_isNotReferenced() {
        now = now.plus(Duration.ofMinutes(1));
        SnapshotId shorter = SnapshotManager.builder("orders", database, store)
                .gracePeriod(Duration.ofHours(1))
                .build()
                .take()
                .id();
        SnapshotId taken = take();
        assertThat(packs(taken)).doesNotContainAnyElementsOf(packs(shorter));
        assertThat(packs(take())).containsAll(packs(taken));
    }

    /** The sweep's own grace period is shorter, but it reads that of the base. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 48})
    void sweep_otherGracePeriodAtAnyCallOfATake_keepsTheTake(int hours) {
        take();
        take();
        save();
        PruneRequest other = PruneRequest.retain(RetentionPolicy.keepLast(3)).gracePeriod(Duration.ofHours(hours));
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            HookedStore hooked = new HookedStore(store, at(call, () -> {
                take();
                repository().prune(other);
                advanceHours(7);
                repository().prune(other);
            }));
            SnapshotId taken = take(hooked);
            calls = hooked.log().size();
            assertThat(listed()).contains(taken);
            assertAllListedAreComplete();
        }
    }

    @Test
    void take_lateSnapshot_isNotItsBase() {
        SnapshotId first = take();
        SnapshotId[] late = new SnapshotId[1];
        HookedStore stopping = new HookedStore(store, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/manifests/")) {
                late[0] = SnapshotId.parse(name.substring("orders/manifests/".length()));
                advanceHours(13);
            } else if (call.equals("stat") && late[0] != null) {
                SnapshotId taken = take();
                assertThat(packs(taken)).doesNotContainAnyElementsOf(ownPacks(late[0]));
            }
        });
        assertThatThrownBy(() -> take(stopping)).isInstanceOf(SnapshotConfigurationException.class);
        assertThat(late[0]).isNotNull();
        assertThat(listed()).hasSize(2).contains(first);
        assertAllListedAreComplete();
    }

    private List<PackName> ownPacks(SnapshotId id) {
        List<PackName> own = new ArrayList<>(packs(id));
        own.removeIf(pack -> !pack.writer().equals(id));
        assertThat(own).isNotEmpty();
        return own;
    }

    /** Both takes reference the same base and store packs of their own. */
    @Test
    void take_anotherTakeAtAnyCall_bothAreComplete() {
        take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            SnapshotId[] other = new SnapshotId[1];
            HookedStore hooked = new HookedStore(store, at(call, () -> other[0] = take()));
            SnapshotId taken = take(hooked);
            calls = hooked.log().size();
            assertThat(listed()).contains(taken);
            if (call < calls) {
                assertThat(listed()).contains(other[0]);
            }
            assertAllListedAreComplete();
            assertOnlyListedRemain();
        }
    }

    /** A failed take deletes its own packs, and none that it only referenced. */
    @Test
    void take_failsAtAnyCall_keepsThePacksOfOthers() {
        take();
        take();
        save();
        for (int call = 0, calls = 1; call < calls; call++) {
            reset();
            int failing = call;
            HookedStore hooked = new HookedStore(store, (number, what, name) -> {
                if (number == failing) {
                    throw new StoreAccessException("planned");
                }
            });
            try {
                take(hooked);
            } catch (SnapshotException e) {
                assertThat(e).hasMessageContaining("planned");
            }
            calls = hooked.log().size() > call ? call + 2 : 0; // Until no call fails.
            assertAllListedAreComplete();
        }
    }
}

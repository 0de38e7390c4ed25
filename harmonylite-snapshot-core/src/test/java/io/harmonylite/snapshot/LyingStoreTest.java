package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.Fault;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A store fails, forgets, lies, crawls and hangs at the first call of an operation, at the second, and so on to its last.
 * After each: the database is the old one or the new one, and holds what the map says; whatever is listed can be rebuilt;
 * what was thrown is of the documented tree; and the same operation on the store as it really is succeeds.
 */
class LyingStoreTest {

    /** What is thrown where a store fails in some way; none where the operation does not notice. */
    private static final Map<Fault, List<Class<? extends SnapshotException>>> EXPECTED = Map.of(
            Fault.SLOW, List.of(),
            Fault.UNREACHABLE, List.of(StoreUnavailableException.class, IndeterminateCommitException.class),
            Fault.ANSWER_LOST, List.of(StoreUnavailableException.class, IndeterminateCommitException.class),
            Fault.OUTCOME_UNKNOWN, List.of(StoreUnavailableException.class, IndeterminateCommitException.class),
            Fault.BROKEN_READ, List.of(StoreUnavailableException.class, IndeterminateCommitException.class),
            Fault.FULL, List.of(InsufficientSpaceException.class),
            Fault.FORBIDDEN, List.of(SnapshotConfigurationException.class, IndeterminateCommitException.class),
            Fault.SHORT_READ, List.of(CorruptSnapshotException.class),
            Fault.FLIPPED_BIT, List.of(CorruptSnapshotException.class),
            Fault.STALE_LIST, List.of(SnapshotNotFoundException.class, SnapshotConfigurationException.class));

    /** Faults that are gone when a call is made once more. */
    private static final Set<Fault> PASSING =
            Set.of(Fault.UNREACHABLE, Fault.ANSWER_LOST, Fault.OUTCOME_UNKNOWN, Fault.BROKEN_READ, Fault.SLOW);

    @TempDir
    static Path place;

    private static NodeTemplate template;

    @TempDir
    Path directory;

    @BeforeAll
    static void createTemplate() throws Exception {
        template = new NodeTemplate(place);
    }

    /** How a fault meets calls. */
    private enum Aim {
        /** At one call, and the manager does not try again. */
        ONCE,
        /** At one call, and the manager tries again. */
        ONCE_AND_AGAIN,
        /** At one call and all behind it. */
        FOR_GOOD;

        FaultyStore at(FaultyStore store, int number, Fault fault) {
            return this == FOR_GOOD ? store.from(number, fault) : store.at(number, fault);
        }

        SnapshotStore retrying(FaultyStore store) {
            Duration patience = this == ONCE_AND_AGAIN ? Duration.ofMinutes(1) : Duration.ofNanos(2);
            return RetryingSnapshotStore.builder(store)
                    .firstWait(Duration.ofNanos(1))
                    .patience(patience)
                    .build();
        }
    }

    private void assertSurvives(StoreOperation operation, Fault fault, Aim aim) throws Exception {
        int k = 0;
        while (meets(operation, fault, aim, k)) {
            k++;
        }
        assertThat(k).isPositive();
    }

    /** Lets an operation meet a fault at call {@code k}; whether it came so far. */
    private boolean meets(StoreOperation operation, Fault fault, Aim aim, int k) throws Exception {
        InMemorySnapshotStore honest = template.store.copy();
        FaultyStore faulty = new FaultyStore(honest).slowness(Duration.ofMillis(1));
        Path home = directory.resolve(String.join("-", operation.toString(), fault.toString(), aim.toString(), "" + k));
        try (Replica node = template.copy(home, aim.retrying(faulty))) {
            operation.prepare(node);
            aim.at(faulty, k, fault);
            SnapshotException thrown = thrownBy(operation, node);
            String what = operation + ", " + fault + " at " + k + " of " + faulty.log();
            assertExpected(what, operation, fault, aim, thrown);
            assertWhole(what, operation, honest, node);
        }
        assertSecondRunSucceeds(operation, honest, home);
        return faulty.calls() > k;
    }

    private static @Nullable SnapshotException thrownBy(StoreOperation operation, Replica node) {
        try {
            operation.run(template, NodeTemplate.manager(node));
            return null;
        } catch (SnapshotException e) {
            return e;
        }
    }

    private static void assertExpected(
            String what, StoreOperation operation, Fault fault, Aim aim, @Nullable SnapshotException thrown) {
        if (thrown != null) {
            assertThat(EXPECTED.get(fault)).as("%s: %s", what, thrown).contains(thrown.getClass());
            boolean isGivenUp = aim == Aim.ONCE_AND_AGAIN && PASSING.contains(fault);
            assertThat(isGivenUp).as("%s: %s", what, thrown).isFalse();
            assertThat(operation == StoreOperation.TAKE || !(thrown instanceof IndeterminateCommitException))
                    .as("%s: %s", what, thrown)
                    .isTrue();
        }
    }

    private static void assertWhole(String what, StoreOperation operation, InMemorySnapshotStore honest, Replica node)
            throws Exception {
        try {
            NodeTemplate.assertNodeIsWhole(node, operation == StoreOperation.RECOVER);
            template.assertStoreIsWhole(honest, operation != StoreOperation.PRUNE);
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
    }

    private static void assertSecondRunSucceeds(StoreOperation operation, InMemorySnapshotStore honest, Path home)
            throws Exception {
        try (Replica node = new Replica(home, Kind.FILE, honest, template.streams)) {
            operation.run(template, NodeTemplate.manager(node));
            assertWhole("the second run of " + operation, operation, honest, node);
            if (operation.isRestoring()) {
                node.manager().recover();
                NodeTemplate.assertCatchesUp(node);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyOperation_storeCannotBeReachedAtAnyCall_changesNothingOrAll(StoreOperation operation) throws Exception {
        assertSurvives(operation, Fault.UNREACHABLE, Aim.ONCE);
    }

    @ParameterizedTest
    @EnumSource
    void anyOperation_storeLiesAtAnyCall_believesNoneOfIt(StoreOperation operation) throws Exception {
        for (Fault fault : List.of(Fault.SHORT_READ, Fault.FLIPPED_BIT, Fault.STALE_LIST)) {
            assertSurvives(operation, fault, Aim.ONCE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyOperation_interruptedWhileAnyCallHangs_endsAndKeepsTheFlag(StoreOperation operation) throws Exception {
        int k = 0;
        while (isInterrupted(operation, k)) {
            k++;
        }
        assertThat(k).isPositive();
    }

    /** Interrupts the operating thread when call {@code k} has begun to hang, whoever makes it; whether it came so far. */
    private boolean isInterrupted(StoreOperation operation, int k) throws Exception {
        InMemorySnapshotStore honest = template.store.copy();
        FaultyStore hanging = new FaultyStore(honest);
        Thread operating = Thread.currentThread();
        HookedStore hooked = new HookedStore(hanging, (number, call, name) -> {
            if (number == k) {
                hanging.at(0, Fault.HANG);
                operating.interrupt();
            }
        });
        Path home = directory.resolve(operation + "-" + k);
        SnapshotException thrown;
        boolean isFlagKept;
        try (Replica node = template.copy(home, hooked)) {
            operation.prepare(node);
            thrown = thrownBy(operation, node);
            isFlagKept = Thread.interrupted();
            String what = operation + ", interrupted at " + k + " of " + hooked.log();
            assertWhole(what, operation, honest, node);
            if (hooked.log().size() > k) {
                assertThat(thrown)
                        .as(what)
                        .isInstanceOfAny(SnapshotInterruptedException.class, IndeterminateCommitException.class);
                assertThat(isFlagKept).as(what).isTrue();
                assertNothingLeft(what, operation, honest, thrown);
            }
        }
        assertSecondRunSucceeds(operation, honest, home);
        return hooked.log().size() > k;
    }

    /** A take that was interrupted before its manifest took its packs back. */
    private static void assertNothingLeft(
            String what, StoreOperation operation, InMemorySnapshotStore honest, @Nullable SnapshotException thrown) {
        if (thrown instanceof IndeterminateCommitException) {
            assertThat(operation).as(what).isEqualTo(StoreOperation.TAKE);
        } else if (operation == StoreOperation.TAKE) {
            assertThat(NodeTemplate.content(honest)).as(what).isEqualTo(NodeTemplate.content(template.store));
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST", "OUTCOME_UNKNOWN", "FULL", "FORBIDDEN", "BROKEN_READ"})
    void anyOperation_storeFailsAtAnyCall_changesNothingOrAll(Fault fault) throws Exception {
        for (StoreOperation operation : StoreOperation.values()) {
            assertSurvives(operation, fault, Aim.ONCE);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "HANG", "SLOW"})
    void anyOperation_storeFailsForGoodFromAnyCallOn_changesNothingOrAll(Fault fault) throws Exception {
        for (StoreOperation operation : StoreOperation.values()) {
            assertSurvives(operation, fault, Aim.FOR_GOOD);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "HANG"})
    void anyOperation_storeFailsOnceAndIsAskedAgain_succeedsUnlessTheFaultIsNoneThatPasses(Fault fault)
            throws Exception {
        for (StoreOperation operation : StoreOperation.values()) {
            assertSurvives(operation, fault, Aim.ONCE_AND_AGAIN);
        }
    }
}

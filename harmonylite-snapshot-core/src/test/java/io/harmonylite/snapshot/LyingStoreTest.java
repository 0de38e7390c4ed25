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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Injects each fault of the store at the first call of an operation, at the second, and so on to the last. A fault of
 * reads is injected at reads only, and one of listings at listings only.
 *
 * <p>After each run the database is the old one or the new one and contains what the map has counted, every listed
 * snapshot can be rebuilt, the exception is one of the expected types, and the same operation succeeds without the
 * fault.
 */
class LyingStoreTest {

    /** Exceptions that each fault may cause. */
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

    /** Faults that are gone if the call is repeated. */
    private static final Set<Fault> TRANSIENT =
            Set.of(Fault.UNREACHABLE, Fault.ANSWER_LOST, Fault.OUTCOME_UNKNOWN, Fault.BROKEN_READ, Fault.SLOW);

    @TempDir
    static Path place;

    private static NodeTemplate template;

    @TempDir
    Path directory;

    /** States after a first run from which a second run succeeded. It is not repeated from an equal state. */
    private final Set<Set<String>> repeated = new HashSet<>();

    private int homes;

    @BeforeAll
    static void createTemplate() throws Exception {
        template = new NodeTemplate(place);
    }

    /** Calls at which a fault is injected, and whether the manager retries. */
    private enum Aim {
        /** At one call; the manager does not retry. */
        ONCE,
        /** At one call; the manager retries. */
        ONCE_AND_RETRIED,
        /** At one call and all later ones. */
        FOR_GOOD;

        FaultyStore at(FaultyStore store, int number, Fault fault) {
            return this == FOR_GOOD ? store.from(number, fault) : store.at(number, fault);
        }

        SnapshotStore retrying(FaultyStore store) {
            Duration timeout = this == ONCE_AND_RETRIED ? Duration.ofMinutes(1) : Duration.ofNanos(2);
            return RetryingSnapshotStore.builder(store)
                    .firstWait(Duration.ofNanos(1))
                    .patience(timeout)
                    .build();
        }
    }

    /** Injects a fault at each call that it affects, and returns the number of these calls. */
    private int assertSurvives(StoreOperation operation, Fault fault, Aim aim) throws Exception {
        List<String> calls = run(operation, Fault.NONE, aim, 0);
        int faults = 0;
        for (int k = 0; k < calls.size(); k++) {
            if (affects(fault, calls.get(k))) {
                List<String> made = run(operation, fault, aim, k);
                assertThat(made).as("%s, %s at %s", operation, fault, k).hasSizeGreaterThan(k);
                assertThat(affects(fault, made.get(k))).as("%s of %s", k, made).isTrue();
                faults++;
            }
        }
        return faults;
    }

    private static boolean affects(Fault fault, String call) {
        return switch (fault) {
            case SHORT_READ, FLIPPED_BIT -> call.startsWith("open ");
            case STALE_LIST -> call.startsWith("list ");
            case FULL -> call.startsWith("put ");
            default -> true;
        };
    }

    /** Runs an operation with a fault at call {@code k}, and returns the calls that it made. */
    private List<String> run(StoreOperation operation, Fault fault, Aim aim, int k) throws Exception {
        InMemorySnapshotStore intact = template.store.copy();
        FaultyStore faulty = new FaultyStore(intact).slowness(Duration.ofMillis(1));
        Path home = newHome();
        try (Replica node = template.copy(home, aim.retrying(faulty))) {
            operation.prepare(node);
            aim.at(faulty, k, fault);
            SnapshotException thrown = thrownBy(operation, node);
            String what = operation + ", " + fault + " at " + k + " of " + faulty.log();
            assertExpected(what, operation, fault, aim, thrown);
            assertWhole(what, operation, intact, node);
        }
        assertSecondRunSucceeds(operation, intact, home);
        return faulty.log();
    }

    private Path newHome() {
        return directory.resolve("home-" + homes++);
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
            boolean isRetried = aim == Aim.ONCE_AND_RETRIED && TRANSIENT.contains(fault);
            assertThat(isRetried).as("%s: %s", what, thrown).isFalse();
            assertThat(operation == StoreOperation.TAKE || !(thrown instanceof IndeterminateCommitException))
                    .as("%s: %s", what, thrown)
                    .isTrue();
        }
    }

    private static void assertWhole(String what, StoreOperation operation, InMemorySnapshotStore intact, Replica node)
            throws Exception {
        try {
            NodeTemplate.assertNodeIsWhole(node, operation == StoreOperation.RECOVER);
            template.assertStoreIsWhole(intact, operation != StoreOperation.PRUNE);
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
    }

    private void assertSecondRunSucceeds(StoreOperation operation, InMemorySnapshotStore intact, Path home)
            throws Exception {
        Set<String> state = NodeTemplate.state(home, intact);
        if (repeated.contains(state)) {
            return;
        }
        try (Replica node = new Replica(home, Kind.FILE, intact, template.streams)) {
            operation.run(template, NodeTemplate.manager(node));
            assertWhole("the second run of " + operation, operation, intact, node);
            if (operation.isRestoring()) {
                node.manager().recover();
                NodeTemplate.assertCatchesUp(node);
            }
        }
        repeated.add(state);
    }

    /** Shows that the faults meet the reads of pages that the old database lacks. */
    @Test
    void restore_withoutAFault_fetchesAndReusesPages() throws Exception {
        try (Replica node = template.copy(newHome(), template.store)) {
            RestoreReport report = NodeTemplate.manager(node).restore(RestoreRequest.latest());
            assertThat(report.bytesFetched()).isPositive();
            assertThat(report.bytesReused()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyOperation_storeUnreachableAtAnyCall_changesNothingOrEverything(StoreOperation operation) throws Exception {
        assertThat(assertSurvives(operation, Fault.UNREACHABLE, Aim.ONCE)).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void anyOperation_wrongDataAtAnyCall_changesNothingOrEverything(StoreOperation operation) throws Exception {
        int faults = 0;
        for (Fault fault : List.of(Fault.SHORT_READ, Fault.FLIPPED_BIT, Fault.STALE_LIST)) {
            faults += assertSurvives(operation, fault, Aim.ONCE);
        }
        assertThat(faults).isPositive();
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

    /**
     * Interrupts the operation when call {@code k}, made by any thread, starts to hang. Returns whether there was such
     * a call.
     */
    private boolean isInterrupted(StoreOperation operation, int k) throws Exception {
        InMemorySnapshotStore intact = template.store.copy();
        FaultyStore hanging = new FaultyStore(intact);
        Thread operating = Thread.currentThread();
        HookedStore hooked = new HookedStore(hanging, (number, call, name) -> {
            if (number == k) {
                hanging.at(0, Fault.HANG);
                operating.interrupt();
            }
        });
        Path home = newHome();
        try (Replica node = template.copy(home, hooked)) {
            operation.prepare(node);
            SnapshotException thrown = thrownBy(operation, node);
            boolean isFlagKept = Thread.interrupted();
            String what = operation + ", interrupted at " + k + " of " + hooked.log();
            assertWhole(what, operation, intact, node);
            if (hooked.log().size() > k) {
                assertThat(thrown)
                        .as(what)
                        .isInstanceOfAny(SnapshotInterruptedException.class, IndeterminateCommitException.class);
                assertThat(isFlagKept).as(what).isTrue();
                assertPacksRemoved(what, operation, intact, thrown);
            }
        }
        assertSecondRunSucceeds(operation, intact, home);
        return hooked.log().size() > k;
    }

    /** Checks that a take that was interrupted before its manifest removed its packs. */
    private static void assertPacksRemoved(
            String what, StoreOperation operation, InMemorySnapshotStore intact, @Nullable SnapshotException thrown) {
        if (thrown instanceof IndeterminateCommitException) {
            assertThat(operation).as(what).isEqualTo(StoreOperation.TAKE);
        } else if (operation == StoreOperation.TAKE) {
            assertThat(NodeTemplate.content(intact))
                    .as(what)
                    .containsAllEntriesOf(NodeTemplate.content(template.store));
            assertThat(intact.list("orders/packs/")).as(what).isEqualTo(template.store.list("orders/packs/"));
            assertThat(intact.list("orders/manifests/")).as(what).isEqualTo(template.store.list("orders/manifests/"));
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST", "OUTCOME_UNKNOWN", "FULL", "FORBIDDEN", "BROKEN_READ"})
    void anyOperation_failureAtAnyCall_changesNothingOrEverything(Fault fault) throws Exception {
        for (StoreOperation operation : StoreOperation.values()) {
            assertSurvives(operation, fault, Aim.ONCE);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "HANG", "SLOW"})
    void anyOperation_failureFromAnyCallOn_changesNothingOrEverything(Fault fault) throws Exception {
        for (StoreOperation operation : StoreOperation.values()) {
            assertSurvives(operation, fault, Aim.FOR_GOOD);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "HANG"})
    void anyOperation_failureAtAnyCallRetried_succeedsIfTheFaultIsTransient(Fault fault) throws Exception {
        for (StoreOperation operation : StoreOperation.values()) {
            assertSurvives(operation, fault, Aim.ONCE_AND_RETRIED);
        }
    }
}

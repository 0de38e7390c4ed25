package io.harmonylite.snapshot.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link SnapshotLease} promises, as tests. Extend it for a lease, and say in {@link #createNode} how one is opened;
 * each test has a place of its own, where nobody holds anything at its beginning.
 *
 * <p>Needs JUnit Jupiter 5 and AssertJ 3 on the test class path.
 */
public abstract class SnapshotLeaseContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 20;

    private final List<Held> got = new ArrayList<>();

    /** One of several processes that want the same leases. */
    public interface Node {

        /** Its lease. */
        SnapshotLease lease();

        /** From now on it can neither renew nor give back: its process is paused, or its link is cut. */
        void cutOff() throws Exception;
    }

    /** Opens a lease on this test's own place. Called several times in one test, it opens those of other processes. */
    protected abstract Node createNode() throws Exception;

    /** How long a lease lasts that is not renewed; a few seconds at most. */
    protected abstract Duration duration();

    @AfterEach
    void giveBack() {
        got.forEach(Held::close);
    }

    @Test
    void tryAcquire_free_isHeld() throws Exception {
        assertThat(acquire(createNode(), "orders").orElseThrow().isHeld()).isTrue();
    }

    @Test
    void tryAcquire_heldByAnother_isEmpty() throws Exception {
        Held held = acquire(createNode(), "orders").orElseThrow();
        assertThat(acquire(createNode(), "orders")).isEmpty();
        assertThat(held.isHeld()).isTrue();
    }

    @Test
    void tryAcquire_heldByTheSameNode_isEmpty() throws Exception {
        Node node = createNode();
        assertThat(acquire(node, "orders")).isPresent();
        assertThat(acquire(node, "orders")).isEmpty();
    }

    /** D24: applications that share a place shared one lease, and the second never took a snapshot. */
    @Test
    void d24_otherNames_neverShareALease() throws Exception {
        Node node = createNode();
        Node other = createNode();
        for (String name :
                List.of("orders", "Orders", "orders.eu", "orders-eu", "orders_eu", ".orders", "orders.", "a..b")) {
            assertThat(acquire(node, name)).as(name).isPresent();
            assertThat(acquire(other, name)).as(name).isEmpty();
        }
    }

    @Test
    void tryAcquire_manyAtOnce_oneWins() throws Exception {
        int racers = 8;
        ExecutorService executor = Executors.newFixedThreadPool(racers);
        try {
            List<Node> nodes = List.of(createNode(), createNode());
            for (int round = 0; round < 5; round++) {
                String name = "race-" + round;
                CyclicBarrier start = new CyclicBarrier(racers);
                List<Callable<Optional<Held>>> attempts = new ArrayList<>();
                for (int racer = 0; racer < racers; racer++) {
                    Node node = nodes.get(racer % nodes.size());
                    attempts.add(() -> {
                        start.await();
                        return node.lease().tryAcquire(name);
                    });
                }
                int winners = 0;
                for (Future<Optional<Held>> attempt : executor.invokeAll(attempts)) {
                    attempt.get().ifPresent(got::add);
                    winners += attempt.get().isPresent() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void close_held_letsAnotherHaveItAtOnce() throws Exception {
        Node node = createNode();
        Node other = createNode();
        for (int round = 0; round < 3; round++) {
            Held held = acquire(node, "orders").orElseThrow();
            held.close();
            assertThat(held.isHeld()).isFalse();
            Held next = acquire(other, "orders").orElseThrow();
            held.close();
            assertThat(next.isHeld()).isTrue();
            assertThat(acquire(node, "orders")).isEmpty();
            next.close();
        }
    }

    @Test
    void isHeld_longerThanItsDuration_isRenewed() throws Exception {
        Held held = acquire(createNode(), "orders").orElseThrow();
        Node other = createNode();
        long end = System.nanoTime() + duration().multipliedBy(3).toNanos();
        while (System.nanoTime() < end) {
            assertThat(acquire(other, "orders")).isEmpty();
            assertThat(held.isHeld()).isTrue();
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    @Test
    void isHeld_cutOff_endsByItselfBeforeAnotherHasIt() throws Exception {
        Node paused = createNode();
        Node other = createNode();
        Held held = acquire(paused, "orders").orElseThrow();
        paused.cutOff();
        Held next = acquireAtLast(other, "orders");
        assertThat(held.isHeld()).isFalse();
        assertThatCode(held::close).doesNotThrowAnyException();
        assertThat(next.isHeld()).isTrue();
        assertThat(acquire(createNode(), "orders")).isEmpty();
        assertThat(held.isHeld()).isFalse();
    }

    private Optional<Held> acquire(Node node, String name) throws Exception {
        Optional<Held> held = node.lease().tryAcquire(name);
        held.ifPresent(got::add);
        return held;
    }

    private Held acquireAtLast(Node node, String name) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Optional<Held> held = acquire(node, name);
            if (held.isPresent()) {
                return held.get();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new AssertionError("the lease of " + name + " does not end");
    }
}

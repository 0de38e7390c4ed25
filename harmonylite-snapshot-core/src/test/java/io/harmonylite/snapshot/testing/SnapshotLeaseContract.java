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
 * Checks the obligations of a {@link SnapshotLease}. Extend it for an implementation and open a lease in {@link
 * #createNode}. Each test needs a new place, where no lease is held.
 *
 * <p>Needs JUnit Jupiter 5 and AssertJ 3 on the test class path.
 */
public abstract class SnapshotLeaseContract {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 20;

    private final List<Held> acquired = new ArrayList<>();

    /** One of several processes that compete for the same leases. */
    public interface Node {

        /** Returns the lease of this process. */
        SnapshotLease lease();

        /** Prevents renewals and releases from now on, as if the process were paused or its connection cut. */
        void disconnect() throws Exception;
    }

    /** Opens a lease on the place of this test. Each call in a test represents another process. */
    protected abstract Node createNode() throws Exception;

    /** Returns how long a lease lasts without renewal; a few seconds at most. */
    protected abstract Duration duration();

    @AfterEach
    void releaseAll() {
        acquired.forEach(Held::close);
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
    void tryAcquire_heldBySameNode_isEmpty() throws Exception {
        Node node = createNode();
        assertThat(acquire(node, "orders")).isPresent();
        assertThat(acquire(node, "orders")).isEmpty();
    }

    /**
     * In HarmonyLite, applications with one NATS account share one lease, and the second never takes a snapshot (fault
     * D24).
     */
    @Test
    void d24_differentNames_neverShareLease() throws Exception {
        Node node = createNode();
        Node other = createNode();
        for (String name :
                List.of("orders", "Orders", "orders.eu", "orders-eu", "orders_eu", ".orders", "orders.", "a..b")) {
            assertThat(acquire(node, name)).as(name).isPresent();
            assertThat(acquire(other, name)).as(name).isEmpty();
        }
    }

    @Test
    void tryAcquire_concurrent_oneWins() throws Exception {
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
                    attempt.get().ifPresent(acquired::add);
                    winners += attempt.get().isPresent() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void close_held_isAcquirableByAnotherAtOnce() throws Exception {
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
    void isHeld_beyondDuration_isRenewed() throws Exception {
        Held held = acquire(createNode(), "orders").orElseThrow();
        Node other = createNode();
        long end = System.nanoTime() + duration().multipliedBy(2).toNanos();
        while (System.nanoTime() < end) {
            assertThat(acquire(other, "orders")).isEmpty();
            assertThat(held.isHeld()).isTrue();
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    @Test
    void isHeld_disconnected_expiresBeforeAnotherAcquires() throws Exception {
        Node paused = createNode();
        Node other = createNode();
        Held held = acquire(paused, "orders").orElseThrow();
        paused.disconnect();
        Held next = acquireEventually(other, "orders");
        assertThat(held.isHeld()).isFalse();
        assertThatCode(held::close).doesNotThrowAnyException();
        assertThat(next.isHeld()).isTrue();
        assertThat(acquire(createNode(), "orders")).isEmpty();
        assertThat(held.isHeld()).isFalse();
    }

    private Optional<Held> acquire(Node node, String name) throws Exception {
        Optional<Held> held = node.lease().tryAcquire(name);
        held.ifPresent(acquired::add);
        return held;
    }

    private Held acquireEventually(Node node, String name) throws Exception {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (System.nanoTime() < end) {
            Optional<Held> held = acquire(node, name);
            if (held.isPresent()) {
                return held.get();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new AssertionError("the lease of " + name + " does not expire");
    }
}

package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease avoids duplicate work; no guarantee depends on it. */
class TakeLeaseTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final List<String> requested = new ArrayList<>();
    private final AtomicInteger released = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private boolean held = true;
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"));
    }

    private SnapshotManager manager(SnapshotLease lease) {
        return SnapshotManager.builder("orders", database, store)
                .lease(lease)
                .listener(new SnapshotListener() {
                    @Override
                    public void leaseLost() {
                        lost.incrementAndGet();
                    }
                })
                .build();
    }

    private Optional<SnapshotLease.Held> acquire(String name) {
        requested.add(name);
        return Optional.of(new SnapshotLease.Held() {
            @Override
            public boolean isHeld() {
                return held;
            }

            @Override
            public void close() {
                released.incrementAndGet();
            }
        });
    }

    @Test
    void take_leaseAcquired_isReleasedAfterwards() {
        manager(this::acquire).take();
        assertThat(requested).containsExactly("orders");
        assertThat(released).hasValue(1);
        assertThat(lost).hasValue(0);
        assertThat(store.list("orders/manifests/")).hasSize(1);
    }

    @Test
    void take_anotherNodeHoldsTheLease_isRejectedAndStoresNothing() {
        assertThatThrownBy(() -> manager(name -> Optional.empty()).take())
                .isExactlyInstanceOf(SnapshotInProgressException.class)
                .hasMessageContainingAll("another node", "lease of orders", "wait");
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void d26_leaseLostDuringATake_isReportedAndTheSnapshotIsComplete() {
        held = false;
        SnapshotManager manager = manager(this::acquire);
        SnapshotInfo taken = manager.take();
        assertThat(lost).hasValue(1);
        assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).isSound()).isTrue();
    }

    @Test
    void take_leaseServerUnreachable_takesWithoutIt() {
        manager(name -> {
                    throw new IOException("no server");
                })
                .take();
        assertThat(store.list("orders/manifests/")).hasSize(1);
    }

    @Test
    void take_fails_releasesTheLease() throws Exception {
        Files.delete(database);
        assertThatThrownBy(() -> manager(this::acquire).take()).isInstanceOf(DatabaseNotFoundException.class);
        assertThat(released).hasValue(1);
    }
}

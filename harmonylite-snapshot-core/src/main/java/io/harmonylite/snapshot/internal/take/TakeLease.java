package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.lease.SnapshotLease;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots under a lease, so that several nodes do not repeat the same work. Correctness does not depend on it:
 * if the lease cannot be requested or is lost, the take continues, and two simultaneous takes make two valid snapshots.
 * Thread-safe if the lease is.
 */
public final class TakeLease {

    private static final Logger LOG = LoggerFactory.getLogger(TakeLease.class);

    private final @Nullable SnapshotLease lease;
    private final String name;
    private final Stages stages;

    /**
     * Creates the guard for takes of one name.
     *
     * @param lease the lease to acquire; null to take without one
     */
    public TakeLease(@Nullable SnapshotLease lease, String name, Stages stages) {
        this.lease = lease;
        this.name = name;
        this.stages = stages;
    }

    /**
     * Runs a take while the lease is held.
     *
     * @throws SnapshotInProgressException if another node holds the lease
     */
    public <T> T run(Supplier<T> take) {
        return lease == null ? take.get() : run(lease, take);
    }

    private <T> T run(SnapshotLease asked, Supplier<T> take) {
        Optional<SnapshotLease.Held> acquired;
        try {
            acquired = asked.tryAcquire(name);
        } catch (IOException e) {
            keepInterrupt(e);
            LOG.warn("The lease of {} cannot be requested; taking the snapshot without it", name, e);
            return take.get();
        }
        try (SnapshotLease.Held held = acquired.orElseThrow(this::heldByAnother)) {
            T taken = take.get();
            if (!held.isHeld()) {
                LOG.warn("The lease of {} was lost during a take; the take succeeded", name);
                stages.leaseLost();
            }
            return taken;
        }
    }

    private SnapshotInProgressException heldByAnother() {
        return new SnapshotInProgressException(
                "another node holds the lease of " + name + " and is taking a snapshot; wait until it has finished");
    }

    private static void keepInterrupt(IOException e) {
        if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
            Thread.currentThread().interrupt();
        }
    }
}

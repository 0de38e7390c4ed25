package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.lease.SnapshotLease;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acquires the lease for a take, so that nodes do not repeat each other's work. Correctness does not depend on it: if
 * it cannot be requested or is lost, the take continues, and two takes make two valid snapshots. As thread-safe as the
 * lease.
 */
public final class TakeLease {

    private static final Logger LOG = LoggerFactory.getLogger(TakeLease.class);

    private final @Nullable SnapshotLease lease;
    private final String name;
    private final Stages stages;

    /**
     * Creates the lease for takes of one name.
     *
     * @param lease the host's lease; null if it has none
     */
    public TakeLease(@Nullable SnapshotLease lease, String name, Stages stages) {
        this.lease = lease;
        this.name = name;
        this.stages = stages;
    }

    /**
     * Acquires the lease without waiting. The caller closes the result, which holds no lease if there is none or if it
     * cannot be requested.
     *
     * @throws SnapshotInProgressException if another node holds it
     */
    public Held acquire() {
        if (lease == null) {
            return new Held(null);
        }
        try {
            return new Held(lease.tryAcquire(name).orElseThrow(this::heldByAnother));
        } catch (IOException e) {
            keepInterrupt(e);
            LOG.warn("The lease of {} cannot be requested; the snapshot is taken without it", name, e);
            return new Held(null);
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

    /** A lease that is held during one take, or the lack of one. */
    public final class Held implements AutoCloseable {

        private final SnapshotLease.@Nullable Held held;

        private Held(SnapshotLease.@Nullable Held held) {
            this.held = held;
        }

        /** Reports to the log and the listener if the lease was lost during a take that succeeded. */
        public void reportIfLost() {
            if (held != null && !held.isHeld()) {
                LOG.warn("The lease of {} was lost during a take that succeeded", name);
                stages.leaseLost();
            }
        }

        @Override
        public void close() {
            if (held != null) {
                held.close();
            }
        }
    }
}

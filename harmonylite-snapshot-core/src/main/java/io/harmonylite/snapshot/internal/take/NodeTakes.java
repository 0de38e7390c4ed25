package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.node.LiveNode.Claim;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.take.TakeSource.UnpublishedPolicy;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Takes snapshots of a node, if its recovery plan allows that. Thread-safe.
 *
 * @param node the node
 * @param pipeline takes snapshots
 * @param lease prevents takes on several nodes at the same time
 * @param planCheck throws if the recovery plan of the node does not allow a take
 * @param publishTimeout how long a take waits until no change is pending
 * @param unpublished what a take does if changes are still pending then
 */
public record NodeTakes(
        LiveNode node,
        TakePipeline pipeline,
        TakeLease lease,
        BiConsumer<DatabasePath, NodeState> planCheck,
        Duration publishTimeout,
        UnpublishedPolicy unpublished) {

    /**
     * Takes a snapshot.
     *
     * @param given positions that the database has already reached; ignored if there is a map
     * @param mode whether pages of earlier takes are referenced
     * @throws IllegalStateException if the node is closed
     * @throws SnapshotInProgressException if an operation runs on this node, or another node holds the lease
     */
    public TakeResult take(Positions given, TakeMode mode) {
        try (Claim claim = node.claim()) {
            TakeSource source = source(claim.path(), given);
            try (TakeLease.Held held = lease.acquire()) {
                TakeResult taken = pipeline.run(claim.path(), source, mode);
                held.reportIfLost();
                return taken;
            }
        }
    }

    /** Takes a snapshot unless an identical one exists. Call it within {@link #exclusively}. */
    public TakeResult takeUnlessUnchanged() {
        DatabasePath path = node.path();
        return pipeline.run(path, source(path, Positions.none()), TakeMode.UNLESS_UNCHANGED);
    }

    /**
     * Runs work while no other operation runs on this node, and none that needs the lease on another; also after the
     * node is closed.
     *
     * @throws SnapshotInProgressException if an operation runs on this node, or another node holds the lease
     */
    public <T> T exclusively(Supplier<T> work) {
        try (Claim claim = node.claimThoughClosed();
                TakeLease.Held held = lease.acquire()) {
            T result = work.get();
            held.reportIfLost();
            return result;
        }
    }

    private TakeSource source(DatabasePath path, Positions given) {
        NodeState state = node.state(path);
        planCheck.accept(path, state);
        node.bind(path);
        return new TakeSource(given, state.map(), state.changes(), publishTimeout, unpublished);
    }
}

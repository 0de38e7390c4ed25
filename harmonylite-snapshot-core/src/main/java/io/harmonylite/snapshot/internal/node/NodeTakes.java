package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.take.TakeLease;
import io.harmonylite.snapshot.internal.take.TakePipeline;
import io.harmonylite.snapshot.internal.take.TakeResult;
import io.harmonylite.snapshot.internal.take.TakeSource.UnpublishedPolicy;
import io.harmonylite.snapshot.internal.take.TakeSource;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes snapshots of a node, if its recovery plan allows it. The caller ensures that only one take runs at a time.
 *
 * @param node node whose database is taken
 * @param pipeline takes the snapshots
 * @param lease prevents takes on other nodes
 * @param recoveries checks whether the node misses messages
 * @param patience how long a take waits for a state without pending changes
 * @param unpublished whether a state with pending changes is taken after that
 */
public record NodeTakes(
        LiveNode node,
        TakePipeline pipeline,
        TakeLease lease,
        RecoveryPipeline recoveries,
        Duration patience,
        UnpublishedPolicy unpublished) {

    /**
     * Takes a snapshot under the lease.
     *
     * @param given positions that the database has reached; used only if there is no map
     */
    public SnapshotInfo run(DatabasePath path, Positions given) {
        TakeSource source = source(path, given);
        return leased(() -> pipeline.run(path, source));
    }

    /** Takes a snapshot, unless one of the given snapshots is identical. The caller holds the lease. */
    public TakeResult unlessLike(DatabasePath path, List<SnapshotInfo> others) {
        return pipeline.run(path, source(path, Positions.none()), others);
    }

    /** Runs an operation under the lease. */
    public <T> T leased(Supplier<T> work) {
        return lease.run(work);
    }

    private TakeSource source(DatabasePath path, Positions given) {
        NodeState state = node.state(path);
        recoveries.requireTakeable(path, state);
        return new TakeSource(given, state.map(), state.changes(), patience, unpublished);
    }
}

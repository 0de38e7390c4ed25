package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.restore.NodeState;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.take.TakeLease;
import io.harmonylite.snapshot.internal.take.TakePipeline;
import io.harmonylite.snapshot.internal.take.TakeResult;
import io.harmonylite.snapshot.internal.take.TakeSource;
import io.harmonylite.snapshot.internal.take.TakeSource.WithUnpublished;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes from a node, where the plan of a recovery allows it. One at a time is the caller's duty.
 *
 * @param node whose database it is
 * @param pipeline takes
 * @param lease keeps other nodes from taking meanwhile
 * @param recoveries know whether the node misses messages
 * @param patience how long a take waits for a state in which nothing is still to be published
 * @param unpublished whether a state is taken after that in which something is
 */
public record NodeTakes(
        LiveNode node,
        TakePipeline pipeline,
        TakeLease lease,
        RecoveryPipeline recoveries,
        Duration patience,
        WithUnpublished unpublished) {

    /**
     * Takes under the lease.
     *
     * @param given positions that the database has reached already; counts where there is no map
     */
    public SnapshotInfo run(DatabasePath path, Positions given) {
        TakeSource source = source(path, given);
        return leased(() -> pipeline.run(path, source));
    }

    /** Takes where none of some snapshots is like it; under a lease that is held already. */
    public TakeResult unlessLike(DatabasePath path, List<SnapshotInfo> others) {
        return pipeline.run(path, source(path, Positions.none()), others);
    }

    /** Does something under the lease. */
    public <T> T leased(Supplier<T> work) {
        return lease.run(work);
    }

    private TakeSource source(DatabasePath path, Positions given) {
        NodeState state = node.state(path);
        recoveries.requireTakeable(path, state);
        return new TakeSource(given, state.map(), state.changes(), patience, unpublished);
    }
}

package io.harmonylite.snapshot.internal.health;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a gatherer asks of the node itself, where there is one. */
public interface NodeFacts {

    /** Whether a restore or recovery runs. */
    boolean isRestoring();

    /** How far the node is; null where it keeps no positions, or there is no node. */
    @Nullable
    Positions positions();

    /** What a recovery would do; null where there is no node. */
    @Nullable
    RecoveryPlan plan();

    /** How the loop stands. */
    WatchStatus watch();

    /** The failures of this process that were not made good. */
    List<OperationOutcome> failures();

    /**
     * No node, but perhaps its positions.
     *
     * @param positions null where they are not known
     */
    static NodeFacts none(@Nullable Positions positions) {
        return new NodeFacts() {
            @Override
            public boolean isRestoring() {
                return false;
            }

            @Override
            public @Nullable Positions positions() {
                return positions;
            }

            @Override
            public @Nullable RecoveryPlan plan() {
                return null;
            }

            @Override
            public WatchStatus watch() {
                return WatchStatus.off();
            }

            @Override
            public List<OperationOutcome> failures() {
                return List.of();
            }
        };
    }
}

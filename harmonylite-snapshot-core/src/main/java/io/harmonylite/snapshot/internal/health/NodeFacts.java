package io.harmonylite.snapshot.internal.health;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.health.FeedStatus;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Facts about the node itself; without one, only its caller may know positions. */
@FunctionalInterface
public interface NodeFacts {

    /** Returns whether a restore or recovery is running. */
    default boolean isRestoring() {
        return false;
    }

    /** Returns the positions of the node; null if it keeps none or there is no node. */
    @Nullable
    Positions positions();

    /** Returns what a recovery would do; null if there is no node. */
    default @Nullable RecoveryPlan plan() {
        return null;
    }

    /** Names the rows in the node's quarantine; empty if there are none or there is no node. */
    default String quarantined() {
        return "";
    }

    /** Returns the messages of each stream that the node's data may lack; empty if there are none or there is no node. */
    default SortedMap<String, SequenceRange> possiblyMissing() {
        return Collections.emptySortedMap();
    }

    /** Returns the status of the attached feed; null if none is attached. */
    default @Nullable FeedStatus feed() {
        return null;
    }

    /** Returns the status of the watch loop. */
    default WatchStatus watch() {
        return WatchStatus.NOT_STARTED;
    }

    /** Returns whether a snapshot without any proof is a reason. */
    default boolean isProofExpected() {
        return true;
    }

    /** Returns the last failures of this process that no later success has superseded. */
    default List<OperationOutcome> failures() {
        return List.of();
    }

    /** Returns facts without a node; the caller's positions may be null. */
    static NodeFacts none(@Nullable Positions positions) {
        return () -> positions;
    }
}

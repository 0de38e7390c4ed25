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

/** Facts about the node itself, if there is one. */
public interface NodeFacts {

    /** Returns whether a restore or recovery is running. */
    boolean isRestoring();

    /** Returns the positions of the node; null if it keeps none or there is no node. */
    @Nullable
    Positions positions();

    /** Returns what a recovery would do; null if there is no node. */
    @Nullable
    RecoveryPlan plan();

    /** Names the rows in the node's quarantine; empty if there are none or there is no node. */
    String quarantined();

    /** Returns the messages of each stream that the node's data may lack; empty if there are none or there is no node. */
    SortedMap<String, SequenceRange> possiblyMissing();

    /** Returns the status of the attached feed; null if none is attached. */
    @Nullable
    FeedStatus feed();

    /** Returns the status of the watch loop. */
    WatchStatus watch();

    /** Returns whether a snapshot without any proof is a reason. */
    boolean isProofExpected();

    /** Returns the last failures of this process that no later success has superseded. */
    List<OperationOutcome> failures();

    /** Returns facts without a node; the caller's positions may be null. */
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
            public String quarantined() {
                return "";
            }

            @Override
            public SortedMap<String, SequenceRange> possiblyMissing() {
                return Collections.emptySortedMap();
            }

            @Override
            public @Nullable FeedStatus feed() {
                return null;
            }

            @Override
            public WatchStatus watch() {
                return WatchStatus.NOT_STARTED;
            }

            @Override
            public boolean isProofExpected() {
                return true;
            }

            @Override
            public List<OperationOutcome> failures() {
                return List.of();
            }
        };
    }
}

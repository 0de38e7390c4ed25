package io.harmonylite.snapshot.recovery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.util.List;
import java.util.SortedMap;

/**
 * Decision of recovery: what happens before the host continues, and why. A plan is either a {@link Proceed}, which
 * names the positions from which the host continues, or a {@link Stop}, after which a person must decide. Immutable.
 */
public sealed interface RecoveryPlan {

    /** Returns the outcome: the worst of all streams. */
    @JsonProperty
    RecoveryOutcome outcome();

    /** Returns the state of the database at planning time. */
    DatabaseState database();

    /** Returns the plan of each stream, sorted by name; empty if the host follows no streams. */
    List<StreamPlan> streams();

    /** Returns the reason for the decision, in sentences for operators. */
    String reason();

    /** A plan after which the host continues. */
    sealed interface Proceed extends RecoveryPlan {

        /**
         * Returns the position of each stream after the plan was carried out. The host continues with the message after
         * it. Includes streams that the restored snapshot names but the host does not follow.
         */
        Positions resume();
    }

    /** A plan that stops: recovery changes nothing until a person has decided. */
    sealed interface Stop extends RecoveryPlan {

        /** Returns the exception that recovery throws for this plan. */
        SnapshotException exception();
    }

    /** Nothing is to be done: every message is applied. */
    record UpToDate(DatabaseState database, List<StreamPlan> streams, Positions resume, String reason)
            implements Proceed {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.UP_TO_DATE;
        }
    }

    /** The host applies the messages after its positions; the streams still hold all of them. */
    record Replay(DatabaseState database, List<StreamPlan> streams, Positions resume, String reason)
            implements Proceed {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.REPLAY;
        }
    }

    /**
     * A snapshot is restored; the streams still hold every message after it.
     *
     * @param snapshot snapshot to restore
     * @param movedBack messages that are applied again, for each stream whose position moves back
     */
    record Restore(
            DatabaseState database,
            List<StreamPlan> streams,
            SnapshotInfo snapshot,
            SortedMap<String, SequenceRange> movedBack,
            Positions resume,
            String reason)
            implements Proceed {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.RESTORE;
        }
    }

    /**
     * A snapshot of HarmonyLite is restored. It does not record which messages it contains. All messages that the streams
     * still hold are kept before it is looked up, and are applied to it. Messages that the streams dropped before may be
     * missing.
     *
     * @param source location of the snapshot
     * @param possiblyMissing dropped messages of each stream, which the snapshot may lack
     * @param resume position of each stream after the plan was carried out; until then, as far as the streams show now
     */
    record RestoreHarmonyLite(
            DatabaseState database,
            List<StreamPlan> streams,
            String source,
            SortedMap<String, SequenceRange> possiblyMissing,
            Positions resume,
            String reason)
            implements Proceed {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.RESTORE_HARMONYLITE;
        }
    }

    /** Messages were removed from a stream and no snapshot contains their effect. */
    record Gap(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.GAP;
        }

        @Override
        public StreamGapException exception() {
            return new StreamGapException(reason, this);
        }
    }

    /** The database holds rows but its position is unknown. */
    record PositionsLost(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.POSITIONS_LOST;
        }

        @Override
        public PositionsLostException exception() {
            return new PositionsLostException(reason, this);
        }
    }

    /** The database cannot be read. */
    record DatabaseDamaged(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.DATABASE_DAMAGED;
        }

        @Override
        public DatabaseDamagedException exception() {
            return new DatabaseDamagedException(reason);
        }
    }

    /** A stream was deleted, recreated or rolled back. */
    record StreamReset(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public RecoveryOutcome outcome() {
            return RecoveryOutcome.STREAM_RESET;
        }

        @Override
        public StreamResetException exception() {
            return new StreamResetException(reason, this);
        }
    }
}

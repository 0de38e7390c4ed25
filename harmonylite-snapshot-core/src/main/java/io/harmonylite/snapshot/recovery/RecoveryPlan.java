package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.PositionsLostException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.StreamGapException;
import io.harmonylite.snapshot.exception.StreamResetException;
import java.util.List;
import java.util.SortedMap;

/**
 * What is to be done before a host goes on, and why. Immutable. A plan either {@link Proceed goes on}, and then says which
 * positions the host goes on from, or it {@link Stop stops}, because a person must decide.
 */
public sealed interface RecoveryPlan {

    /**
     * Decides. The same situation and options always give the same plan, whatever the order they are given in.
     *
     * @throws io.harmonylite.snapshot.exception.SnapshotConfigurationException where a stream does not exist and nothing
     *     says that it ever did
     */
    static RecoveryPlan of(RecoverySituation situation, RecoveryOptions options) {
        return new Planner(situation, options).plan();
    }

    /** What it comes to: the worst of all streams. */
    Outcome outcome();

    /** What was found at the database's path. */
    DatabaseState database();

    /** What each stream comes to by itself, sorted by name; empty for a host without streams. */
    List<StreamPlan> streams();

    /** Why, in sentences for people. */
    String reason();

    /** A plan after which the host goes on. */
    sealed interface Proceed extends RecoveryPlan {

        /**
         * Where each stream stands once the plan was carried out; the host's next message is the one after it. Streams
         * that a restored snapshot names and the host does not follow are among them.
         */
        Positions resume();
    }

    /** A plan that stops: nothing is to be changed until a person has decided. */
    sealed interface Stop extends RecoveryPlan {

        /** What recovery throws, with this plan. */
        SnapshotException exception();
    }

    /**
     * Nothing is to be done: everything is applied.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param resume where each stream stands
     * @param reason why
     */
    record UpToDate(DatabaseState database, List<StreamPlan> streams, Positions resume, String reason)
            implements Proceed {

        @Override
        public Outcome outcome() {
            return Outcome.UP_TO_DATE;
        }
    }

    /**
     * The streams still have everything that follows: the host applies it.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param resume where each stream stands
     * @param reason why
     */
    record Replay(DatabaseState database, List<StreamPlan> streams, Positions resume, String reason)
            implements Proceed {

        @Override
        public Outcome outcome() {
            return Outcome.REPLAY;
        }
    }

    /**
     * A snapshot is restored; then the streams still have everything that follows.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param snapshot the snapshot to restore
     * @param movedBack streams whose position goes back, and the messages in between, which are replayed
     * @param resume where each stream stands
     * @param reason why
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
        public Outcome outcome() {
            return Outcome.RESTORE;
        }
    }

    /**
     * Messages are gone, and no snapshot has them.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param reason why
     */
    record Gap(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public Outcome outcome() {
            return Outcome.GAP;
        }

        @Override
        public StreamGapException exception() {
            return new StreamGapException(reason, this);
        }
    }

    /**
     * The database holds rows, and nobody knows how far they are.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param reason why
     */
    record PositionsLost(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public Outcome outcome() {
            return Outcome.POSITIONS_LOST;
        }

        @Override
        public PositionsLostException exception() {
            return new PositionsLostException(reason, this);
        }
    }

    /**
     * The database cannot be read.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param reason why
     */
    record DatabaseDamaged(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public Outcome outcome() {
            return Outcome.DATABASE_DAMAGED;
        }

        @Override
        public DatabaseDamagedException exception() {
            return new DatabaseDamagedException(reason);
        }
    }

    /**
     * A stream is not the one that was followed.
     *
     * @param database what was found at the database's path
     * @param streams what each stream comes to
     * @param reason why
     */
    record StreamReset(DatabaseState database, List<StreamPlan> streams, String reason) implements Stop {

        @Override
        public Outcome outcome() {
            return Outcome.STREAM_RESET;
        }

        @Override
        public StreamResetException exception() {
            return new StreamResetException(reason, this);
        }
    }
}

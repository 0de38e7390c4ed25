package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt.Cause;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.ResetDecision.AcceptAt;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.recovery.StreamPlan;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides for one stream by the rows of the table in the package documentation. Immutable. */
final class StreamPlanner {

    private final RecoverySituation situation;
    private final RecoveryOptions options;
    private final boolean asMissing;
    private final List<SnapshotInfo> covering;

    StreamPlanner(RecoverySituation situation, RecoveryOptions options) {
        this.situation = situation;
        this.options = options;
        this.asMissing = situation.database() == DatabaseState.MISSING
                || (situation.database() == DatabaseState.DAMAGED && options.isDamagedReplaced());
        this.covering = situation.covering();
    }

    /** Returns whether the database is missing, or damaged and may be replaced. */
    boolean isTreatedAsMissing() {
        return asMissing;
    }

    /** Returns whether a person must decide because the recorded positions may belong to another database. */
    boolean isDoubted() {
        Doubt doubt = situation.doubt();
        return doubt != null
                && doubt.cause() != Cause.RESTORED_AS_RECORDED
                && hasRows()
                && !options.areExistingRowsReplaced();
    }

    StreamPlan decide(StreamFacts stream) {
        if (situation.database() == DatabaseState.DAMAGED && !asMissing) {
            return plan(stream, RecoveryOutcome.DATABASE_DAMAGED, null, PlanMessages.damaged());
        }
        StreamState state = stream.state();
        if (state == null) {
            return missingStream(stream);
        }
        String reset = resetReason(stream, state);
        return reset == null ? withoutReset(stream, state) : reset(stream, state, reset);
    }

    /** Decides for a stream that does not exist (row 1). */
    private StreamPlan missingStream(StreamFacts stream) {
        boolean named = situation.snapshots().stream()
                .anyMatch(snapshot -> snapshot.positions().of(stream.stream()).isPresent());
        if (position(stream) == null && !named) {
            throw new SnapshotConfigurationException("stream " + stream.stream()
                    + " does not exist, and neither a position nor a snapshot names it; check its name, or create it");
        }
        return plan(stream, RecoveryOutcome.STREAM_RESET, null, PlanMessages.missing());
    }

    /**
     * Returns why the stream is another one (row 2); null if it is not. If the host accepts a sequence, one snapshot of
     * another identity is enough, also after a peer has taken one of the new stream.
     */
    private @Nullable String resetReason(StreamFacts stream, StreamState state) {
        StreamPosition position = position(stream);
        if (position != null) {
            return isAnother(stream, position) ? PlanMessages.another(position, state) : null;
        }
        List<StreamPosition> known = situation.snapshots().stream()
                .flatMap(snapshot -> snapshot.positions().of(stream.stream()).stream())
                .toList();
        long others = known.stream().filter(of -> isAnother(stream, of)).count();
        boolean accepted = options.resetDecision(stream.stream()) instanceof AcceptAt;
        return others > 0 && (others == known.size() || accepted) ? PlanMessages.anotherInSnapshots() : null;
    }

    private static boolean isAnother(StreamFacts stream, StreamPosition position) {
        return stream.identityOf(position) == StreamIdentity.ANOTHER;
    }

    /** Decides for a stream that was reset, as the host allows. */
    private StreamPlan reset(StreamFacts stream, StreamState state, String reason) {
        ResetDecision decision = options.resetDecision(stream.stream());
        if (decision instanceof AcceptAt accept) {
            return accept(stream, state, reason, accept.sequence());
        }
        boolean replay = decision == ResetDecision.Kind.REPLAY_FROM_FIRST
                && stream.missingAfter(0).isEmpty();
        boolean restore = decision == ResetDecision.Kind.RESTORE && !covering.isEmpty();
        boolean join = decision == ResetDecision.Kind.RESTORE
                && options.harmonyLiteSnapshot().isPresent();
        if (!replay && !restore && !join) {
            return plan(stream, RecoveryOutcome.STREAM_RESET, null, reason + PlanMessages.advice(decision, stream));
        }
        if (isLost(stream, state)) {
            return plan(stream, RecoveryOutcome.POSITIONS_LOST, null, PlanMessages.lost(situation.doubt()));
        }
        if (replay) {
            return proceed(stream, state, 0);
        }
        return plan(stream, restore ? RecoveryOutcome.RESTORE : RecoveryOutcome.RESTORE_HARMONYLITE, null, reason);
    }

    /** Continues at the sequence that the host accepted, if the stream and the database allow it. */
    private StreamPlan accept(StreamFacts stream, StreamState state, String reason, long sequence) {
        if (!options.isDecidedByName(stream.stream()) && resets() > 1) {
            return plan(stream, RecoveryOutcome.STREAM_RESET, null, reason + PlanMessages.ambiguous(sequence));
        }
        boolean possible = sequence <= state.last()
                && stream.missingAfter(sequence).isEmpty()
                && (sequence <= state.beforeStart() || !asMissing);
        return possible
                ? proceed(stream, state, sequence)
                : plan(
                        stream,
                        RecoveryOutcome.STREAM_RESET,
                        null,
                        reason + PlanMessages.impossible(sequence, stream, asMissing));
    }

    private long resets() {
        return situation.streams().stream().filter(this::isReset).count();
    }

    private boolean isReset(StreamFacts stream) {
        StreamState state = stream.state();
        return state == null || resetReason(stream, state) != null;
    }

    /** Decides for a stream that was not reset (rows 3 to 7). */
    private StreamPlan withoutReset(StreamFacts stream, StreamState state) {
        StreamPosition position = position(stream);
        if (position != null && stream.isCoveredBy(position)) {
            return isLagging(stream, state, position)
                    ? plan(stream, RecoveryOutcome.RESTORE, null, PlanMessages.lagging(state, position))
                    : proceed(stream, state, position.sequence());
        }
        if (isLost(stream, state)) {
            return plan(stream, RecoveryOutcome.POSITIONS_LOST, null, PlanMessages.lost(situation.doubt()));
        }
        SequenceRange missing = missingRange(stream, position);
        if (!covering.isEmpty() && (position != null || missing != null || !hasRows())) {
            return plan(stream, RecoveryOutcome.RESTORE, missing, PlanMessages.needsRestore(missing, stream));
        }
        if (missing == null) {
            return proceed(stream, state, 0);
        }
        return options.harmonyLiteSnapshot().isPresent() && stream.deleted() == null
                ? plan(stream, RecoveryOutcome.RESTORE_HARMONYLITE, missing, PlanMessages.removed(missing, stream))
                : plan(stream, RecoveryOutcome.GAP, missing, PlanMessages.gap(missing, stream, situation.snapshots()));
    }

    /** Returns the messages after the position that the stream no longer holds; null if it holds all. */
    private static @Nullable SequenceRange missingRange(StreamFacts stream, @Nullable StreamPosition position) {
        return stream.missingAfter(position == null ? 0 : position.sequence()).orElse(null);
    }

    private boolean hasRows() {
        return situation.database() == DatabaseState.WITH_ROWS;
    }

    /** Returns whether rows of unknown position (row 4) do not allow to apply all messages (row 4a). */
    private boolean isLost(StreamFacts stream, StreamState state) {
        return hasRows()
                && !isReplayableFromFirst(stream)
                && !options.areExistingRowsReplaced()
                && state.last() > state.beforeStart()
                && situation.streams().stream().allMatch(other -> position(other) == null);
    }

    /** Returns whether the rows are those of a snapshot and the stream still has every message. */
    private boolean isReplayableFromFirst(StreamFacts stream) {
        Doubt doubt = situation.doubt();
        return doubt != null && doubt.isRestored() && missingRange(stream, null) == null;
    }

    private boolean isLagging(StreamFacts stream, StreamState state, StreamPosition position) {
        long lag = state.last() - Math.max(position.sequence(), state.beforeStart());
        return options.maxReplayMessages().isPresent()
                && lag > options.maxReplayMessages().getAsLong()
                && notBehind().stream().anyMatch(snapshot -> sequence(snapshot, stream) > position.sequence());
    }

    /** Returns the covering snapshots that move no stream back. */
    private List<SnapshotInfo> notBehind() {
        return covering.stream()
                .filter(snapshot -> situation.streams().stream().allMatch(stream -> isNotBehind(snapshot, stream)))
                .toList();
    }

    private boolean isNotBehind(SnapshotInfo snapshot, StreamFacts stream) {
        StreamPosition position = position(stream);
        return position == null || isAnother(stream, position) || sequence(snapshot, stream) >= position.sequence();
    }

    private static long sequence(SnapshotInfo snapshot, StreamFacts stream) {
        return RecoverySituation.in(snapshot.positions(), stream).sequence();
    }

    /** Returns the snapshot to restore. If streams only lag, it is one that moves no stream back. */
    SnapshotInfo snapshotFor(List<StreamPlan> streams) {
        boolean onlyLagging = streams.stream()
                .filter(plan -> plan.outcome() == RecoveryOutcome.RESTORE)
                .allMatch(plan -> isCovered(plan.facts()));
        return situation.latest(onlyLagging ? notBehind() : covering).orElseThrow();
    }

    private boolean isCovered(StreamFacts stream) {
        StreamPosition position = position(stream);
        return position != null && stream.isCoveredBy(position);
    }

    /** Continues after a sequence. A stream that began later than 1 has no message up to its start. */
    private StreamPlan proceed(StreamFacts stream, StreamState state, long after) {
        long sequence = Math.max(after, state.beforeStart());
        return sequence == state.last()
                ? plan(stream, RecoveryOutcome.UP_TO_DATE, null, PlanMessages.upToDate(sequence, state))
                : plan(
                        stream,
                        RecoveryOutcome.REPLAY,
                        new SequenceRange(sequence + 1, state.last()),
                        PlanMessages.replay(sequence, state));
    }

    private StreamPlan plan(StreamFacts stream, RecoveryOutcome outcome, @Nullable SequenceRange range, String reason) {
        StreamIdentity identity = stream.identityOf(position(stream));
        return new StreamPlan(stream, outcome, identity, range, reason + PlanMessages.proof(identity));
    }

    /** Returns the recorded position; null if the database is missing or is not the one it belongs to (row 0). */
    private @Nullable StreamPosition position(StreamFacts stream) {
        return asMissing || situation.doubt() != null ? null : stream.position();
    }
}

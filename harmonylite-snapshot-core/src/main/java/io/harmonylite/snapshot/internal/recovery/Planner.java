package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOptions.FromHarmonyLite;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.recovery.StreamPlan;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides for all streams together: the worst outcome wins; a snapshot sets all positions. Used once. */
public final class Planner {

    private final RecoverySituation situation;
    private final StreamPlanner decisions;
    private final @Nullable FromHarmonyLite fromHarmonyLite;

    private Planner(RecoverySituation situation, RecoveryOptions options) {
        this.situation = situation;
        this.decisions = new StreamPlanner(situation, options);
        this.fromHarmonyLite = options.harmonyLiteSnapshot().orElse(null);
    }

    /**
     * Decides what recovery does; reads nothing and changes nothing. Equal situations and options give equal plans,
     * whatever the order of streams and snapshots.
     */
    public static RecoveryPlan plan(RecoverySituation situation, RecoveryOptions options) {
        return new Planner(situation, options).plan();
    }

    private RecoveryPlan plan() {
        return situation.streams().isEmpty() ? withoutStreams() : withStreams();
    }

    private RecoveryPlan withoutStreams() {
        DatabaseState database = situation.database();
        if (database == DatabaseState.DAMAGED
                && (!decisions.isTreatedAsMissing() || situation.snapshots().isEmpty())) {
            return new RecoveryPlan.DatabaseDamaged(database, List.of(), PlanMessages.damaged());
        }
        if (decisions.isDoubted()) {
            return new RecoveryPlan.PositionsLost(database, List.of(), PlanMessages.lost(situation.doubt()));
        }
        Optional<SnapshotInfo> latest = situation.latest(situation.snapshots());
        if (decisions.isTreatedAsMissing() && latest.isPresent()) {
            return restore(List.of(), latest.get());
        }
        return new RecoveryPlan.UpToDate(
                database, List.of(), Positions.none(), PlanMessages.nothingToDo(decisions.isTreatedAsMissing()));
    }

    private RecoveryPlan withStreams() {
        DatabaseState database = situation.database();
        List<StreamPlan> streams =
                situation.streams().stream().map(decisions::decide).toList();
        RecoveryOutcome worst = streams.stream()
                .map(StreamPlan::outcome)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        String reason = ignored(worst) + PlanMessages.all(streams, worst);
        return switch (worst) {
            case UP_TO_DATE -> new RecoveryPlan.UpToDate(database, streams, resume(streams), reason);
            case REPLAY -> new RecoveryPlan.Replay(database, streams, resume(streams), reason);
            case RESTORE -> restore(streams, decisions.snapshotFor(streams));
            case RESTORE_HARMONYLITE -> restoreHarmonyLite(streams, reason);
            case GAP -> new RecoveryPlan.Gap(database, streams, reason);
            case POSITIONS_LOST -> new RecoveryPlan.PositionsLost(database, streams, reason);
            case DATABASE_DAMAGED -> new RecoveryPlan.DatabaseDamaged(database, streams, reason);
            case STREAM_RESET -> new RecoveryPlan.StreamReset(database, streams, reason);
        };
    }

    private String ignored(RecoveryOutcome worst) {
        return PlanMessages.ignored(decisions.isTreatedAsMissing(), situation.doubt(), worst);
    }

    private RecoveryPlan restore(List<StreamPlan> streams, SnapshotInfo snapshot) {
        SortedMap<String, SequenceRange> movedBack = movedBack(snapshot);
        return new RecoveryPlan.Restore(
                situation.database(),
                streams,
                snapshot,
                movedBack,
                resume(snapshot),
                ignored(RecoveryOutcome.RESTORE)
                        + PlanMessages.restore(snapshot, movedBack)
                        + PlanMessages.all(streams, RecoveryOutcome.RESTORE));
    }

    /** Plans the join, as far as the streams show now: the spool decides at which message it begins. */
    private RecoveryPlan restoreHarmonyLite(List<StreamPlan> streams, String reason) {
        Positions resume = Positions.none();
        SortedMap<String, SequenceRange> possiblyMissing = new TreeMap<>();
        for (StreamFacts stream : situation.streams()) {
            StreamState state = stateOf(stream);
            resume = resume.with(stream.stream(), state.at(state.first() - 1, null));
            stream.missingAfter(0).ifPresent(missing -> possiblyMissing.put(stream.stream(), missing));
        }
        String source = Objects.requireNonNull(fromHarmonyLite, "the outcome needs it")
                .source()
                .toString();
        return new RecoveryPlan.RestoreHarmonyLite(
                situation.database(),
                streams,
                source,
                possiblyMissing,
                resume,
                PlanMessages.restoreHarmonyLite(source, possiblyMissing) + reason);
    }

    private SortedMap<String, SequenceRange> movedBack(SnapshotInfo snapshot) {
        SortedMap<String, SequenceRange> movedBack = new TreeMap<>();
        for (StreamFacts stream : situation.streams()) {
            StreamPosition recorded = stream.position();
            long restored = RecoverySituation.in(snapshot.positions(), stream).sequence();
            boolean another = stream.identityOf(recorded) == StreamIdentity.ANOTHER;
            if (recorded != null && !another && recorded.sequence() > restored) {
                movedBack.put(stream.stream(), new SequenceRange(restored + 1, recorded.sequence()));
            }
        }
        return movedBack;
    }

    private static Positions resume(List<StreamPlan> streams) {
        Positions resume = Positions.none();
        for (StreamPlan plan : streams) {
            SequenceRange replay = plan.range();
            long sequence = replay == null ? stateOf(plan.facts()).last() : replay.first() - 1;
            resume = resume.with(plan.stream(), known(plan.facts(), recorded(plan.facts(), sequence)));
        }
        return resume;
    }

    private Positions resume(SnapshotInfo snapshot) {
        Positions resume = snapshot.positions();
        for (StreamFacts stream : situation.streams()) {
            StreamPosition restored = RecoverySituation.in(snapshot.positions(), stream);
            resume = resume.with(stream.stream(), known(stream, restored));
        }
        return resume;
    }

    /** Returns the recorded position for a sequence if it is of the current stream; otherwise the sequence alone. */
    private static StreamPosition recorded(StreamFacts stream, long sequence) {
        StreamPosition recorded = stream.position();
        if (recorded == null
                || recorded.sequence() != sequence
                || stream.identityOf(recorded) == StreamIdentity.ANOTHER) {
            return StreamPosition.at(sequence);
        }
        return recorded;
    }

    /** Returns a position in the current stream, with the recorded timestamp if the server has none. */
    private static StreamPosition known(StreamFacts stream, StreamPosition position) {
        StreamPosition present = stream.at(position.sequence(), stateOf(stream));
        return present.timestamp() == null
                ? new StreamPosition(position.sequence(), position.timestamp(), present.streamCreated())
                : present;
    }

    private static StreamState stateOf(StreamFacts stream) {
        return Objects.requireNonNull(stream.state(), "a missing stream stops the plan");
    }
}

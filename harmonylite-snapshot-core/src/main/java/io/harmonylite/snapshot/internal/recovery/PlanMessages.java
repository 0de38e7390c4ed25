package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.recovery.StreamPlan;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reasons of recovery plans, in sentences for operators. */
final class PlanMessages {

    private PlanMessages() {}

    static String all(List<StreamPlan> streams, RecoveryOutcome worst) {
        return streams.stream()
                .filter(plan -> worst.goesOn() || plan.outcome() == worst)
                .map(plan -> plan.stream() + ": " + plan.reason())
                .collect(Collectors.joining(". "));
    }

    /** Returns why recorded positions are ignored; empty if they are used, or if the outcome's reason says why. */
    static String ignored(boolean asMissing, @Nullable Doubt doubt, RecoveryOutcome worst) {
        if (asMissing) {
            return "No usable database exists, so recorded positions are ignored. ";
        }
        return doubt == null || worst == RecoveryOutcome.POSITIONS_LOST
                ? ""
                : "Recorded positions are ignored: the database exists, and " + doubt.reason() + ". ";
    }

    static String nothingToDo(boolean missing) {
        return missing
                ? "No database and no snapshot exist: the node starts empty"
                : "The database exists and the host follows no streams: nothing is to be done";
    }

    static String damaged() {
        return "the database is damaged, encrypted or not an SQLite database; inspect the file, and if it can be given"
                + " up, allow recovery to replace a damaged database";
    }

    static String missing() {
        return "the stream no longer exists; recreate it, then choose a reset decision";
    }

    static String another(StreamPosition position, StreamState state) {
        if (position.sequence() > state.last()) {
            return "applied up to " + position.sequence() + ", but the last message of the stream is " + state.last()
                    + ": the stream was recreated or rolled back";
        }
        if (position.streamCreated() != null && !position.streamCreated().equals(state.created())) {
            return "the stream was created at " + state.created()
                    + ", but the applied messages are from a stream created at " + position.streamCreated();
        }
        return "message " + position.sequence() + " is not the message that was applied: the stream was rolled back";
    }

    static String anotherInSnapshots() {
        return "no position is known, and snapshots contain another stream of this name";
    }

    static String advice(ResetDecision decision, StreamFacts stream) {
        if (decision == ResetDecision.Kind.REPLAY_FROM_FIRST) {
            return "; it cannot be replayed from its first message, because "
                    + stream.missingAfter(0)
                            .map(range -> removed(range, stream))
                            .orElse("") + "; choose another reset decision";
        }
        if (decision == ResetDecision.Kind.RESTORE) {
            return "; no snapshot covers the current stream, so none can be restored; choose another reset decision";
        }
        return "; choose a reset decision: replay from the first message, restore a snapshot, or accept a sequence";
    }

    static String ambiguous(long sequence) {
        return "; several streams were reset; accept sequence " + sequence + " for one stream by its name";
    }

    static String impossible(long sequence, StreamFacts stream, boolean databaseMissing) {
        return "; sequence " + sequence + " cannot be accepted: " + stream.held()
                + (databaseMissing ? ", and no usable database exists" : "")
                + "; choose another reset decision";
    }

    static String lost(@Nullable Doubt doubt) {
        String why = doubt == null
                ? "no position is known: the sequence map is lost, or the path leads to another database"
                : doubt.reason();
        return "the database holds rows, and " + why
                + "; check the sequence map and the path, or allow recovery to replace the rows of a new node";
    }

    static String lagging(StreamState state, StreamPosition position) {
        return "applied up to " + position.sequence() + "; a replay of "
                + (state.last() - Math.max(position.sequence(), state.beforeStart())) + " messages exceeds the limit";
    }

    static String needsRestore(@Nullable SequenceRange missing, StreamFacts stream) {
        return missing == null
                ? "no position is known, and the database holds no rows"
                : removed(missing, stream) + "; the snapshot contains their effect";
    }

    static String removed(SequenceRange missing, StreamFacts stream) {
        SequenceRange deleted = stream.deleted();
        boolean inside = deleted != null && missing.last() == deleted.last();
        return inside
                ? "messages of the range " + missing + " were deleted inside the stream"
                : "messages " + missing + " were removed from the stream";
    }

    static String gap(SequenceRange missing, StreamFacts stream, List<SnapshotInfo> snapshots) {
        return removed(missing, stream) + ", and "
                + (snapshots.isEmpty()
                        ? "no snapshot exists"
                        : "none of " + snapshots.size() + " snapshots covers every stream")
                + "; take a snapshot on a node that applied them, then recover again" + alternatives(missing, stream);
    }

    /** Names the options by which the host says that no message is missing. */
    private static String alternatives(SequenceRange missing, StreamFacts stream) {
        StringBuilder alternatives = new StringBuilder();
        SequenceRange deleted = stream.deleted();
        if (deleted != null && missing.last() == deleted.last()) {
            alternatives.append("; or, if nodes need no deleted message, allow deleted messages (in the tool by"
                    + " --allow-deleted-messages)");
        }
        StreamState state = stream.state();
        if (state != null && state.start().isEmpty() && missing.first() == 1) {
            alternatives
                    .append("; or, if the stream began with message ")
                    .append(state.first())
                    .append(", which cannot be determined for a mirror or after a change of its first_seq, state its"
                            + " first sequence (in the tool by --first-sequence)");
        }
        return alternatives.toString();
    }

    static String upToDate(long sequence, StreamState state) {
        return sequence <= state.beforeStart()
                ? "the stream is empty"
                : "every message up to " + sequence + " is applied";
    }

    static String replay(long sequence, StreamState state) {
        return (sequence <= state.beforeStart()
                        ? "no message is applied"
                        : "every message up to " + sequence + " is applied")
                + "; the host replays " + new SequenceRange(sequence + 1, state.last());
    }

    static String restore(SnapshotInfo snapshot, Map<String, SequenceRange> movedBack) {
        String back = movedBack.entrySet().stream()
                .map(entry -> entry.getKey() + " moves back: " + entry.getValue() + " will be applied again")
                .collect(Collectors.joining(", "));
        return "Restore snapshot " + snapshot.id() + " at " + snapshot.positions() + ". "
                + (back.isEmpty() ? "" : back + ". ");
    }

    static String restoreHarmonyLite(String source, Map<String, SequenceRange> possiblyMissing) {
        String lost = possiblyMissing.entrySet().stream()
                .map(entry -> entry.getValue() + " of " + entry.getKey())
                .collect(Collectors.joining(", "));
        return "Restore the snapshot of HarmonyLite in " + source + ", because no snapshot of this library covers every"
                + " stream. " + (lost.isEmpty() ? "" : "It may lack messages " + lost + ". ");
    }

    static String proof(StreamIdentity identity) {
        return identity == StreamIdentity.UNPROVEN ? "; the identity of the stream is unproven" : "";
    }
}

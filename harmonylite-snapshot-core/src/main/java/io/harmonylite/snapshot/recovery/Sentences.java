package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What plans say to people. */
final class Sentences {

    private Sentences() {}

    static String all(List<StreamPlan> streams, Outcome worst) {
        return streams.stream()
                .filter(plan -> worst.goesOn() || plan.outcome() == worst)
                .map(plan -> plan.stream() + ": " + plan.reason())
                .collect(Collectors.joining(". "));
    }

    static String database(boolean asMissing) {
        return asMissing ? "There is no database, so that no position counts. " : "";
    }

    static String nothingToDo(boolean missing) {
        return missing
                ? "There is no database, and no snapshot of it: it begins empty"
                : "There are no streams to follow, and the database is there: nothing is to be done";
    }

    static String damaged() {
        return "the database is damaged, encrypted or no SQLite database; look at the file, and where it may be given up,"
                + " allow a damaged database to be replaced";
    }

    static String missing() {
        return "the stream does not exist any more";
    }

    static String another(StreamPosition position, StreamState state) {
        if (position.sequence() > state.last()) {
            return "applied up to " + position.sequence() + ", but the stream's last message is " + state.last()
                    + ": it was created anew or set back";
        }
        if (position.streamCreated() != null && !position.streamCreated().equals(state.created())) {
            return "the stream was created at " + state.created() + ", the one that was followed at "
                    + position.streamCreated();
        }
        return "message " + position.sequence() + " is not the one that was applied: the stream was set back";
    }

    static String anotherInSnapshots() {
        return "no position is known, and snapshots know another stream by that name";
    }

    static String advice(ResetDecision decision, StreamState state) {
        if (decision == ResetDecision.Kind.REPLAY_FROM_FIRST) {
            return "; it cannot be replayed from its first message, because messages 1 to " + (state.first() - 1)
                    + " are gone";
        }
        if (decision == ResetDecision.Kind.RESTORE) {
            return "; no snapshot of the present stream covers, so that none can be restored";
        }
        return "; say whether to replay it, to restore, or at which sequence the database stands";
    }

    static String ambiguous(long sequence) {
        return "; several streams were reset, so that sequence " + sequence + " must be said for one of them by name";
    }

    static String impossible(long sequence, StreamState state, boolean databaseMissing) {
        String range = "; the database cannot stand at " + sequence + ": the stream has " + state.first() + " to "
                + state.last();
        return databaseMissing ? range + ", and there is no database" : range;
    }

    static String lost(@Nullable String doubt) {
        String why = doubt == null
                ? "nothing says how far they are: the sequence map is lost, or this is not the database that was meant"
                : doubt;
        return "the database holds rows, and " + why
                + "; nothing is overwritten unless the host says that this is a new node";
    }

    static String lagging(StreamState state, StreamPosition position) {
        return "applied up to " + position.sequence() + ", and " + (state.last() - position.sequence())
                + " messages to replay are more than the limit";
    }

    static String needsRestore(@Nullable SequenceRange missing) {
        return missing == null
                ? "no position is known, and the database holds no rows"
                : "messages " + missing + " are gone from the stream, and the snapshot holds their effect";
    }

    static String gap(SequenceRange missing, List<SnapshotInfo> snapshots) {
        return "messages " + missing + " are gone from the stream, and "
                + (snapshots.isEmpty()
                        ? "there is no snapshot"
                        : "none of the " + snapshots.size() + " snapshots covers every stream");
    }

    static String upToDate(long sequence) {
        return sequence == 0 ? "the stream is empty" : "everything up to " + sequence + " is applied";
    }

    static String replay(long sequence, StreamState state) {
        return (sequence == 0 ? "nothing is applied" : "everything up to " + sequence + " is applied")
                + ", and the stream has " + new SequenceRange(sequence + 1, state.last());
    }

    static String restore(SnapshotInfo snapshot, Map<String, SequenceRange> movedBack) {
        String back = movedBack.entrySet().stream()
                .map(entry -> entry.getKey() + " goes back: " + entry.getValue() + " will be applied again")
                .collect(Collectors.joining(", "));
        return "Restore snapshot " + snapshot.id() + " at " + snapshot.positions() + ". "
                + (back.isEmpty() ? "" : back + ". ");
    }

    static String proof(StreamIdentity identity) {
        return identity == StreamIdentity.UNPROVEN ? "; that it is the stream that was followed is unproven" : "";
    }
}

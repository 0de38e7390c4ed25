package io.harmonylite.snapshot.harmonylite;

import java.util.Optional;
import java.util.Set;

/**
 * What became of one change message. Immutable.
 *
 * @param result what was done
 * @param message what the message says; empty where it was not read, because it was counted before
 * @param doubts where the stream itself is wrong, as far as one message shows it; not modifiable
 */
public record AppliedChange(Result result, Optional<ChangeMessage> message, Set<Doubt> doubts) {

    static final AppliedChange COUNTED_BEFORE = new AppliedChange(Result.COUNTED_BEFORE, Optional.empty(), Set.of());

    /** Copies the doubts. */
    public AppliedChange {
        doubts = Set.copyOf(doubts);
    }

    /** What was done with a message. */
    public enum Result {
        /** The row is as the message says. */
        APPLIED,
        /** This node published it: its effect is in the database already. It was counted. */
        OWN,
        /** It was counted before, and was not read. */
        COUNTED_BEFORE
    }

    /** Why the data may not be what the application wrote, on every node alike. */
    public enum Doubt {
        /**
         * The row holds dates, times or booleans, which HarmonyLite writes anew, on the node of the writer too (N4):
         * {@link ChangeMessage#rewritten} names the columns. The schema of such a message with a date or time is not known
         * either.
         */
        VALUES_REWRITTEN,
        /**
         * An update of a row that was not there: its key was changed, and the message does not say from what, so that the
         * row with the old key stays behind (N11). Or the row is missing here.
         */
        UPDATED_ROW_MISSING
    }
}

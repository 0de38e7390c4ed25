package io.harmonylite.snapshot.harmonylite;

import java.util.Optional;
import java.util.Set;

/**
 * The result of applying one change message. Immutable.
 *
 * @param result what was done
 * @param message the decoded message; empty if it was not read because it was counted before
 * @param warnings faults of the stream itself that this message shows; not modifiable
 */
public record AppliedChange(Result result, Optional<ChangeMessage> message, Set<Warning> warnings) {

    static final AppliedChange COUNTED_BEFORE = new AppliedChange(Result.COUNTED_BEFORE, Optional.empty(), Set.of());

    /** Copies the warnings. */
    public AppliedChange {
        warnings = Set.copyOf(warnings);
    }

    /** What was done with a message. */
    public enum Result {
        /** The row is as the message says. */
        APPLIED,
        /** This node published the message, so the database already contains its effect. The message was counted. */
        OWN,
        /** The message was counted before, and was not read. */
        COUNTED_BEFORE
    }

    /** Why the data may differ from what the application wrote. All nodes are affected alike. */
    public enum Warning {
        /**
         * The row holds dates, times or booleans, which HarmonyLite rewrites, also on the node of the writer (fault
         * N4). {@link ChangeMessage#rewritten} returns the columns. A message with a date or time also carries no
         * schema hash.
         */
        VALUES_REWRITTEN,
        /**
         * An update found no row. Either its key was changed: the message does not contain the old key, so the row with
         * the old key stays behind (fault N11). Or the row is missing in this database.
         */
        UPDATED_ROW_MISSING,
        /**
         * The row took a UNIQUE value from rows that may be newer, and these are in quarantine now: {@link
         * HarmonyLiteApplier#quarantined} lists them.
         */
        ROWS_QUARANTINED
    }
}

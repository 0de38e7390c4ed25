package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * How a run of a duty ended, and what that has to do with. Immutable.
 *
 * @param outcome how it ended
 * @param reason why a snapshot was due; null where none was
 * @param snapshot the snapshot that was taken, or because of which none was; null where there is none such
 * @param failure why it failed; null where it did not
 */
public record WatchResult(
        WatchOutcome outcome,
        @Nullable TriggerReason reason,
        @Nullable SnapshotInfo snapshot,
        @Nullable Throwable failure) {

    /** One that says no more than how it ended. */
    public static WatchResult of(WatchOutcome outcome) {
        return new WatchResult(outcome, null, null, null);
    }

    /** One that failed. */
    public static WatchResult failed(Throwable failure) {
        return new WatchResult(WatchOutcome.FAILED, null, null, failure);
    }
}

package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.watch.TriggerReason;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Outcome of one run of a duty; no reason if no snapshot was due, an existing snapshot if that was the cause. */
public record WatchResult(
        WatchOutcome outcome,
        @Nullable TriggerReason reason,
        @Nullable SnapshotInfo snapshot,
        @Nullable Throwable failure) {

    /** Returns a result with an outcome alone. */
    public static WatchResult of(WatchOutcome outcome) {
        return new WatchResult(outcome, null, null, null);
    }

    /** Returns the result of a failed run. */
    public static WatchResult failed(Throwable failure) {
        return new WatchResult(WatchOutcome.FAILED, null, null, failure);
    }

    /** Returns the report of the run. */
    WatchReport report(WatchDuty duty, Instant ended, Duration elapsed) {
        return new WatchReport(
                duty,
                ended,
                elapsed,
                outcome,
                Optional.ofNullable(reason),
                Optional.ofNullable(snapshot),
                Optional.ofNullable(failure));
    }
}

package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.DutyStatus;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import java.time.Instant;
import java.util.Optional;

/** Computes the next status of a duty. */
final class DutyTransition {

    private DutyTransition() {}

    /** Returns the status while the duty runs. */
    static DutyStatus started(DutyStatus status) {
        return new DutyStatus(
                true,
                status.last(),
                status.lastDone(),
                status.lastFailed(),
                status.consecutiveFailures(),
                Optional.empty());
    }

    /** Returns the status after a run. */
    static DutyStatus ended(DutyStatus status, WatchReport report) {
        Optional<WatchReport> last = Optional.of(report);
        return new DutyStatus(
                false,
                last,
                report.outcome() == WatchOutcome.DONE ? last : status.lastDone(),
                report.outcome() == WatchOutcome.FAILED ? last : status.lastFailed(),
                failuresAfter(status.consecutiveFailures(), report.outcome()),
                Optional.empty());
    }

    private static int failuresAfter(int failures, WatchOutcome outcome) {
        return switch (outcome) {
            case FAILED -> failures + 1;
            case BUSY, STOPPED -> failures;
            case DONE, NOT_DUE, UNCHANGED, BEHIND -> 0;
        };
    }

    /** Returns the status with another time of the next run. */
    static DutyStatus next(DutyStatus status, Optional<Instant> at) {
        return new DutyStatus(
                status.running(),
                status.last(),
                status.lastDone(),
                status.lastFailed(),
                status.consecutiveFailures(),
                at);
    }
}

package io.harmonylite.snapshot.watch;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Status of one duty of the watch loop. Immutable. */
public final class DutyStatus {

    /** Status of a duty that has not run and has no next run. */
    public static final DutyStatus IDLE = new DutyStatus(false, null, null, null, 0, null);

    private final boolean running;
    private final @Nullable WatchReport last;
    private final @Nullable WatchReport lastDone;
    private final @Nullable WatchReport lastFailed;
    private final int failures;
    private final @Nullable Instant next;

    private DutyStatus(
            boolean running,
            @Nullable WatchReport last,
            @Nullable WatchReport lastDone,
            @Nullable WatchReport lastFailed,
            int failures,
            @Nullable Instant next) {
        this.running = running;
        this.last = last;
        this.lastDone = lastDone;
        this.lastFailed = lastFailed;
        this.failures = failures;
        this.next = next;
    }

    /** Returns whether the duty is running. */
    public boolean isRunning() {
        return running;
    }

    /** Returns the report of the last run; empty before the first run. */
    public Optional<WatchReport> last() {
        return Optional.ofNullable(last);
    }

    /** Returns the report of the last run that did its work; empty if there is none. */
    public Optional<WatchReport> lastDone() {
        return Optional.ofNullable(lastDone);
    }

    /** Returns the report of the last failed run, even if later runs succeeded; empty if there is none. */
    public Optional<WatchReport> lastFailed() {
        return Optional.ofNullable(lastFailed);
    }

    /**
     * Returns the number of runs that failed in a row; 0 if the last run did not fail. Ignores runs that ended busy or
     * stopped.
     */
    public int consecutiveFailures() {
        return failures;
    }

    /**
     * Returns when the duty runs next, by the host's clock. Empty if it is running, waits for another duty, or has
     * stopped.
     */
    public Optional<Instant> next() {
        return Optional.ofNullable(next);
    }

    /** Returns the status of the duty while it runs. */
    public DutyStatus started() {
        return new DutyStatus(true, last, lastDone, lastFailed, failures, null);
    }

    /** Returns the status of the duty after a run. */
    public DutyStatus ended(WatchReport report) {
        WatchOutcome outcome = report.outcome();
        return new DutyStatus(
                false,
                report,
                outcome == WatchOutcome.DONE ? report : lastDone,
                outcome == WatchOutcome.FAILED ? report : lastFailed,
                failuresAfter(outcome),
                null);
    }

    private int failuresAfter(WatchOutcome outcome) {
        return switch (outcome) {
            case FAILED -> failures + 1;
            case BUSY, STOPPED -> failures;
            case DONE, NOT_DUE, UNCHANGED, BEHIND -> 0;
        };
    }

    /** Returns this status with another next run. */
    public DutyStatus next(@Nullable Instant at) {
        return new DutyStatus(running, last, lastDone, lastFailed, failures, at);
    }
}

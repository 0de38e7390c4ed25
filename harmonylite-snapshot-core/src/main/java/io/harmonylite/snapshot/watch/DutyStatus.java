package io.harmonylite.snapshot.watch;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one duty of the loop stands. Immutable. */
public final class DutyStatus {

    /** A duty that has not run yet, and has no next run. */
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

    /** Whether it runs now. */
    public boolean isRunning() {
        return running;
    }

    /** Its last run. */
    public Optional<WatchReport> last() {
        return Optional.ofNullable(last);
    }

    /** Its last run that did what it is for. */
    public Optional<WatchReport> lastDone() {
        return Optional.ofNullable(lastDone);
    }

    /** Its last run that failed, also where later ones did not. */
    public Optional<WatchReport> lastFailed() {
        return Optional.ofNullable(lastFailed);
    }

    /** How many of its last runs failed one after the other; 0 where the last one did not. Runs that were busy do not count. */
    public int consecutiveFailures() {
        return failures;
    }

    /** When it runs next, by the host's clock; empty where it runs now, waits for another duty, or has stopped. */
    public Optional<Instant> next() {
        return Optional.ofNullable(next);
    }

    /** The status while it runs. */
    public DutyStatus started() {
        return new DutyStatus(true, last, lastDone, lastFailed, failures, null);
    }

    /** The status after a run. */
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

    /** The status with another next run. */
    public DutyStatus next(@Nullable Instant at) {
        return new DutyStatus(running, last, lastDone, lastFailed, failures, at);
    }
}

package io.harmonylite.snapshot.watch;

import java.time.Instant;
import java.util.Optional;

/**
 * Status of one duty of the watch loop. Immutable.
 *
 * @param running true while the duty runs
 * @param last report of the last run; empty before the first run
 * @param lastDone report of the last run that did its work; empty if there is none
 * @param lastFailed report of the last failed run, even if later runs succeeded; empty if there is none
 * @param consecutiveFailures number of runs that failed in a row; 0 if the last run did not fail. Runs that ended busy
 *     or stopped are ignored
 * @param next time of the next run, by the host's clock; empty if the duty is running, waits for another duty, or has
 *     stopped
 */
public record DutyStatus(
        boolean running,
        Optional<WatchReport> last,
        Optional<WatchReport> lastDone,
        Optional<WatchReport> lastFailed,
        int consecutiveFailures,
        Optional<Instant> next) {

    /** Status of a duty that has not run and has no next run. */
    public static final DutyStatus IDLE =
            new DutyStatus(false, Optional.empty(), Optional.empty(), Optional.empty(), 0, Optional.empty());
}

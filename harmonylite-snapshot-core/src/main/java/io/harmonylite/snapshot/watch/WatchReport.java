package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Report of one run of a duty. Immutable. */
public final class WatchReport {

    private final WatchDuty duty;
    private final Instant ended;
    private final Duration elapsed;
    private final WatchResult result;

    /**
     * Creates a report.
     *
     * @param ended time at which the run ended, by the host's clock
     * @param elapsed duration of the run
     */
    public WatchReport(WatchDuty duty, Instant ended, Duration elapsed, WatchResult result) {
        this.duty = duty;
        this.ended = ended;
        this.elapsed = elapsed;
        this.result = result;
    }

    /** Returns the duty that ran. */
    public WatchDuty duty() {
        return duty;
    }

    /** Returns when the run ended, by the host's clock. */
    public Instant ended() {
        return ended;
    }

    /** Returns the duration of the run. */
    public Duration elapsed() {
        return elapsed;
    }

    /** Returns the outcome of the run. */
    public WatchOutcome outcome() {
        return result.outcome();
    }

    /** Returns why a snapshot was due; empty if none was due, and for duties other than the take. */
    public Optional<TriggerReason> reason() {
        return Optional.ofNullable(result.reason());
    }

    /** Returns the snapshot that was taken, or the existing one because of which none was taken. */
    public Optional<SnapshotInfo> snapshot() {
        return Optional.ofNullable(result.snapshot());
    }

    /** Returns why the run failed; empty if it did not fail. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(result.failure());
    }

    @Override
    public String toString() {
        @Nullable SnapshotInfo snapshot = result.snapshot();
        return duty + " " + outcome()
                + reason().map(why -> " because " + why.sentence()).orElse("")
                + (snapshot == null ? "" : ", snapshot " + snapshot.id())
                + failure().map(failure -> ": " + failure).orElse("");
    }
}

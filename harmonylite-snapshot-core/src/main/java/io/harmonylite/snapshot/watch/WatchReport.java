package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one run of a duty came to. Immutable. */
public final class WatchReport {

    private final WatchDuty duty;
    private final Instant ended;
    private final Duration elapsed;
    private final WatchResult result;

    /**
     * A report.
     *
     * @param ended when the run ended, by the host's clock
     * @param elapsed how long it took
     */
    public WatchReport(WatchDuty duty, Instant ended, Duration elapsed, WatchResult result) {
        this.duty = duty;
        this.ended = ended;
        this.elapsed = elapsed;
        this.result = result;
    }

    /** Which duty. */
    public WatchDuty duty() {
        return duty;
    }

    /** When it ended, by the host's clock. */
    public Instant ended() {
        return ended;
    }

    /** How long it took. */
    public Duration elapsed() {
        return elapsed;
    }

    /** How it ended. */
    public WatchOutcome outcome() {
        return result.outcome();
    }

    /** Why a snapshot was due; empty where none was, or for other duties. */
    public Optional<TriggerReason> reason() {
        return Optional.ofNullable(result.reason());
    }

    /** The snapshot that was taken, or the one because of which none was. */
    public Optional<SnapshotInfo> snapshot() {
        return Optional.ofNullable(result.snapshot());
    }

    /** Why it failed. */
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

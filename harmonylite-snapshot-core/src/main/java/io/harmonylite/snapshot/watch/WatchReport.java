package io.harmonylite.snapshot.watch;

import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Report of one run of a duty. Immutable.
 *
 * @param duty the duty that ran
 * @param ended time at which the run ended, by the host's clock
 * @param elapsed duration of the run
 * @param outcome outcome of the run
 * @param reason reason why a snapshot was due; empty if none was due, and for duties other than the take
 * @param snapshot the snapshot that was taken, or the existing one because of which none was taken
 * @param failure reason why the run failed; empty if it did not fail
 */
public record WatchReport(
        WatchDuty duty,
        Instant ended,
        Duration elapsed,
        WatchOutcome outcome,
        Optional<TriggerReason> reason,
        Optional<SnapshotInfo> snapshot,

        @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type") @JsonIncludeProperties("message")
        Optional<Throwable> failure) {

    @Override
    public String toString() {
        return duty + " " + outcome
                + reason.map(why -> " because " + why.sentence()).orElse("")
                + snapshot.map(info -> ", snapshot " + info.id()).orElse("")
                + failure.map(problem -> ": " + problem).orElse("");
    }
}

package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Input of a trigger: streams, newest snapshot and time at one moment. Immutable.
 *
 * @param now the store's time
 * @param occasion reason for the evaluation
 * @param streams streams that the host follows, sorted by name; empty if it follows none
 * @param newest the latest snapshot that belongs to the current streams; null if there is none
 * @param unchangedAt store time of the last take that was skipped because nothing had changed; null if none was
 * @param leadTime minimum delay until the next opportunity to finish a snapshot: the time to the next check plus the
 *     duration of a take
 */
public record TriggerInput(
        Instant now,
        Occasion occasion,
        List<ObservedStream> streams,
        @Nullable SnapshotInfo newest,
        @Nullable Instant unchangedAt,
        Duration leadTime) {

    /**
     * Sorts the streams.
     *
     * @throws IllegalArgumentException if the lead time is negative
     */
    public TriggerInput {
        streams = streams.stream()
                .sorted(Comparator.comparing(ObservedStream::stream))
                .toList();
        if (leadTime.isNegative()) {
            throw new IllegalArgumentException("the lead time must not be negative, but is " + leadTime);
        }
    }

    /**
     * Returns the number of messages of all streams that this node has applied and the newest snapshot does not
     * contain.
     */
    public long unsaved() {
        return streams.stream().mapToLong(ObservedStream::unsaved).sum();
    }

    /**
     * Returns the time since the newest snapshot was stored, or since a take was skipped because nothing had changed,
     * whichever is later. Zero if a clock was set back; empty if there is no snapshot.
     */
    public Optional<Duration> sinceNewest() {
        if (newest == null) {
            return Optional.empty();
        }
        Instant last = unchangedAt == null || unchangedAt.isBefore(newest.storedAt()) ? newest.storedAt() : unchangedAt;
        return Optional.of(last.isAfter(now) ? Duration.ZERO : Duration.between(last, now));
    }
}

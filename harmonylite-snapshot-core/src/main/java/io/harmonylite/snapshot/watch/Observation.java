package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a trigger decides by, as it was at one moment. Immutable.
 *
 * @param now the store's time
 * @param occasion why it is asked
 * @param streams the streams that the host follows, sorted by name; none for a host without streams
 * @param newest the snapshot furthest in the streams that are there now; null where there is none. One of another identity
 *     of a stream is none
 * @param unchangedAt when a take was last left out because nothing had changed since a snapshot, by the store's time; null
 *     where that has not happened
 * @param leadTime how long it is, at least, until a snapshot is there that is not taken now: until the next check, and as
 *     long as a take needs
 */
public record Observation(
        Instant now,
        Occasion occasion,
        List<ObservedStream> streams,
        @Nullable SnapshotInfo newest,
        @Nullable Instant unchangedAt,
        Duration leadTime) {

    /** Sorts the streams; refuses a negative time. */
    public Observation {
        streams = streams.stream()
                .sorted(Comparator.comparing(ObservedStream::stream))
                .toList();
        if (leadTime.isNegative()) {
            throw new IllegalArgumentException("a lead time is not negative: " + leadTime);
        }
    }

    /** Messages of all streams that this node has applied and the newest snapshot does not hold. */
    public long unsaved() {
        return streams.stream().mapToLong(ObservedStream::unsaved).sum();
    }

    /**
     * How long ago the newest snapshot was stored, or nothing was found to have changed since; zero where a clock was set
     * back. Empty where there is no snapshot.
     */
    public Optional<Duration> sinceNewest() {
        if (newest == null) {
            return Optional.empty();
        }
        Instant last = unchangedAt == null || unchangedAt.isBefore(newest.storedAt()) ? newest.storedAt() : unchangedAt;
        return Optional.of(last.isAfter(now) ? Duration.ZERO : Duration.between(last, now));
    }
}

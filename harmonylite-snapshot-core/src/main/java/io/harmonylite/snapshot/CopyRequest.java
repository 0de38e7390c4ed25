package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to copy snapshots to another store. Immutable; each method returns a modified copy.
 *
 * <p>Defaults: a grace period of 24 hours; no limit of the rate.
 */
public final class CopyRequest {

    private final @Nullable SnapshotId id;
    private final int latest;
    private final Duration grace;
    private final long uploadRate;

    private CopyRequest(@Nullable SnapshotId id, int latest, Duration grace, long uploadRate) {
        this.id = id;
        this.latest = latest;
        this.grace = grace;
        this.uploadRate = uploadRate;
    }

    private static CopyRequest of(@Nullable SnapshotId id, int latest) {
        return new CopyRequest(id, latest, PruneRequest.DEFAULT_GRACE, 0);
    }

    /** Creates a request for one snapshot. */
    public static CopyRequest of(SnapshotId id) {
        return of(Objects.requireNonNull(id, "id"), 1);
    }

    /** Creates a request for all snapshots that {@link SnapshotRepository#list} returns. */
    public static CopyRequest all() {
        return of(null, Integer.MAX_VALUE);
    }

    /**
     * Creates a request for the latest snapshots: the latest, the latest of the rest, and so on.
     *
     * @throws IllegalArgumentException if the number is less than 1
     */
    public static CopyRequest latest(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("the number of snapshots must be at least 1, not " + number);
        }
        return of(null, number);
    }

    /**
     * Sets the grace period of the target store: that of its prunes and takes. Each snapshot must be copied within half of
     * it.
     *
     * @throws IllegalArgumentException if the value is not positive or longer than 100 years
     */
    public CopyRequest gracePeriod(Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(PruneRequest.LONGEST_GRACE) > 0) {
            throw new IllegalArgumentException("the grace period must be positive and at most 100 years, not " + value);
        }
        return new CopyRequest(id, latest, value, uploadRate);
    }

    /**
     * Sets the maximum rate of uploads, over all threads.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public CopyRequest uploadBytesPerSecond(long value) {
        if (value < 1) {
            throw new IllegalArgumentException("the rate must be at least 1 byte per second, not " + value);
        }
        return new CopyRequest(id, latest, grace, value);
    }

    /** Returns the snapshot to copy; empty if the request is for several. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** Returns how many snapshots to copy; empty if the request is for all, or for one snapshot by its id. */
    public OptionalInt latest() {
        return id != null || latest == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(latest);
    }

    /** Returns the grace period. */
    public Duration gracePeriod() {
        return grace;
    }

    /** Returns the maximum rate of uploads in bytes per second; empty if it is not limited. */
    public OptionalLong uploadBytesPerSecond() {
        return uploadRate == 0 ? OptionalLong.empty() : OptionalLong.of(uploadRate);
    }
}

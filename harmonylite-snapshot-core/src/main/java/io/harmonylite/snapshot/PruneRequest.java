package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a prune retires, and how. Immutable; each method returns a changed copy.
 *
 * <p>Defaults: a grace period of 24 hours; it is done, not only said.
 */
public final class PruneRequest {

    static final Duration DEFAULT_GRACE = Duration.ofHours(24);
    private static final Duration LONGEST_GRACE = Duration.ofDays(36_525);

    private final @Nullable Retention retention;
    private final @Nullable SnapshotId id;
    private final Duration grace;
    private final boolean dryRun;

    private PruneRequest(@Nullable Retention retention, @Nullable SnapshotId id, Duration grace, boolean dryRun) {
        this.retention = retention;
        this.id = id;
        this.grace = grace;
        this.dryRun = dryRun;
    }

    /** Retires what a retention does not keep. */
    public static PruneRequest keeping(Retention retention) {
        return new PruneRequest(Objects.requireNonNull(retention, "retention"), null, DEFAULT_GRACE, false);
    }

    /** Retires one snapshot, also one whose manifest cannot be read. */
    public static PruneRequest retiring(SnapshotId id) {
        return new PruneRequest(null, Objects.requireNonNull(id, "id"), DEFAULT_GRACE, false);
    }

    /**
     * How long what is retired, or named by no manifest, stays in the store: longer than the longest restore, and more
     * than twice as long as the longest take, wherever they run. The same everywhere the store is used. Zero is the
     * caller's word that no take and no restore runs anywhere.
     *
     * @throws IllegalArgumentException where it is negative, or longer than 100 years
     */
    public PruneRequest grace(Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST_GRACE) > 0) {
            throw new IllegalArgumentException(
                    "a grace period is not negative, and not longer than 100 years: " + value);
        }
        return new PruneRequest(retention, id, value, dryRun);
    }

    /** Only says what it would do. All it writes, and removes again, is the object that tells the store's time. */
    public PruneRequest dryRun() {
        return new PruneRequest(retention, id, grace, true);
    }

    /** The retention asked for. */
    public Optional<Retention> retention() {
        return Optional.ofNullable(retention);
    }

    /** The snapshot to retire. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** The grace period. */
    public Duration grace() {
        return grace;
    }

    /** Whether it is only said, not done. */
    public boolean isDryRun() {
        return dryRun;
    }
}

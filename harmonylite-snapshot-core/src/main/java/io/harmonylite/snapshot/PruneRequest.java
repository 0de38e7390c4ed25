package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to prune: which snapshots to retire, and how. Immutable; each method returns a modified copy.
 *
 * <p>Defaults: a grace period of 24 hours; no dry run.
 */
public final class PruneRequest {

    static final Duration DEFAULT_GRACE = Duration.ofHours(24);
    static final Duration LONGEST_GRACE = Duration.ofDays(36_525);

    private final @Nullable RetentionPolicy retention;
    private final @Nullable SnapshotId id;
    private final Duration grace;
    private final boolean dryRun;

    private PruneRequest(@Nullable RetentionPolicy retention, @Nullable SnapshotId id, Duration grace, boolean dryRun) {
        this.retention = retention;
        this.id = id;
        this.grace = grace;
        this.dryRun = dryRun;
    }

    /** Creates a request that retires every snapshot that a retention does not keep. */
    public static PruneRequest retain(RetentionPolicy retention) {
        return new PruneRequest(Objects.requireNonNull(retention, "retention"), null, DEFAULT_GRACE, false);
    }

    /** Creates a request that retires one snapshot, even if its manifest cannot be read. */
    public static PruneRequest retire(SnapshotId id) {
        return new PruneRequest(null, Objects.requireNonNull(id, "id"), DEFAULT_GRACE, false);
    }

    /**
     * Sets the grace period: how long retired snapshots and orphans stay in the store. It must be longer than the
     * longest restore and more than twice as long as the longest take on any node. Use the same value on every node.
     * Zero is a promise of the caller that no take and no restore is running anywhere.
     *
     * @throws IllegalArgumentException if the value is negative or longer than 100 years
     */
    public PruneRequest gracePeriod(Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST_GRACE) > 0) {
            throw new IllegalArgumentException("the grace period must be from 0 to 100 years, not " + value);
        }
        return new PruneRequest(retention, id, value, dryRun);
    }

    /**
     * Reports what the prune would do without retiring or removing anything. Writes, and removes again, only the object
     * from which the store's time is read.
     */
    public PruneRequest dryRun() {
        return new PruneRequest(retention, id, grace, true);
    }

    /** Returns the retention; empty if the request is for one snapshot. */
    public Optional<RetentionPolicy> retention() {
        return Optional.ofNullable(retention);
    }

    /** Returns the snapshot to retire; empty if the request is for a retention. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** Returns the grace period. */
    public Duration gracePeriod() {
        return grace;
    }

    /** Returns whether the prune is a dry run. */
    public boolean isDryRun() {
        return dryRun;
    }
}

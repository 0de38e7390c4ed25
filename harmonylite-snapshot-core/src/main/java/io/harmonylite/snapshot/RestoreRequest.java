package io.harmonylite.snapshot;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshot to restore, and how. Immutable; each method returns a changed copy.
 *
 * <p>Defaults: a damaged snapshot is an error; the image is installed as it is.
 */
public final class RestoreRequest {

    private final @Nullable SnapshotId id;
    private final @Nullable Instant asOf;
    private final boolean olderAllowed;
    private final @Nullable StagedEdit edit;

    private RestoreRequest(
            @Nullable SnapshotId id, @Nullable Instant asOf, boolean olderAllowed, @Nullable StagedEdit edit) {
        this.id = id;
        this.asOf = asOf;
        this.olderAllowed = olderAllowed;
        this.edit = edit;
    }

    /** The latest snapshot: the one furthest in its streams; among equals the one the store received last. */
    public static RestoreRequest latest() {
        return new RestoreRequest(null, null, false, null);
    }

    /** One snapshot. */
    public static RestoreRequest of(SnapshotId id) {
        return new RestoreRequest(Objects.requireNonNull(id, "id"), null, false, null);
    }

    /** The latest of the snapshots whose manifest was created at an instant or before. */
    public static RestoreRequest asOf(Instant instant) {
        return new RestoreRequest(null, Objects.requireNonNull(instant, "instant"), false, null);
    }

    /** Where the chosen snapshot is damaged, reports it and tries the next one; has no effect on a request by id. */
    public RestoreRequest orOlder() {
        return new RestoreRequest(id, asOf, true, edit);
    }

    /** Edits the staged image before it is installed. */
    public RestoreRequest editing(StagedEdit staged) {
        return new RestoreRequest(id, asOf, olderAllowed, Objects.requireNonNull(staged, "staged"));
    }

    /** The id asked for. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** The instant asked for. */
    public Optional<Instant> asOf() {
        return Optional.ofNullable(asOf);
    }

    /** Whether an older snapshot may be taken for a damaged one. */
    public boolean isOlderAllowed() {
        return olderAllowed;
    }

    /** The host's edit of the staged image. */
    public Optional<StagedEdit> edit() {
        return Optional.ofNullable(edit);
    }
}

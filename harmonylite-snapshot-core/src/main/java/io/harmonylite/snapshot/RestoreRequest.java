package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to restore: which snapshot, and how. Immutable; each method returns a modified copy.
 *
 * <p>Defaults: a damaged snapshot is an error. The image is not edited and is installed by swap. The previous file is
 * not kept. An image with an older schema is rejected. A damaged database is not replaced. Pending changes are carried
 * over if the manager has been configured to find them.
 */
public final class RestoreRequest {

    private enum Option {
        OLDER,
        KEEP_PREVIOUS,
        SCHEMA_CHANGE,
        REPLACE_DAMAGED,
        REQUIRE_POSITIONS,
        FORCE_CHECK
    }

    private final @Nullable SnapshotId id;
    private final @Nullable Instant asOf;
    private final Set<Option> options;
    private final PendingChangePolicy pendingChanges;
    private final @Nullable StagedEdit edit;
    private final @Nullable WriteBarrier barrier;

    private RestoreRequest(
            @Nullable SnapshotId id,
            @Nullable Instant asOf,
            Set<Option> options,
            PendingChangePolicy pendingChanges,
            @Nullable StagedEdit edit,
            @Nullable WriteBarrier barrier) {
        this.id = id;
        this.asOf = asOf;
        this.options = options;
        this.pendingChanges = pendingChanges;
        this.edit = edit;
        this.barrier = barrier;
    }

    /**
     * Requests the latest snapshot: the one that is furthest in its streams. If several cannot be compared, it is the
     * one that the store received last.
     */
    public static RestoreRequest latest() {
        return new RestoreRequest(null, null, Set.of(), PendingChangePolicy.TRANSFER, null, null);
    }

    /** Requests one snapshot by id. */
    public static RestoreRequest of(SnapshotId id) {
        return new RestoreRequest(
                Objects.requireNonNull(id, "id"), null, Set.of(), PendingChangePolicy.TRANSFER, null, null);
    }

    /**
     * Requests the latest of the snapshots that were taken at or before an instant. The time of a take is {@link
     * SnapshotInfo#created}, by the clock of the node that took it, so the clocks of the nodes must be right.
     */
    public static RestoreRequest asOf(Instant instant) {
        return new RestoreRequest(
                null, Objects.requireNonNull(instant, "instant"), Set.of(), PendingChangePolicy.TRANSFER, null, null);
    }

    /**
     * Restores the next snapshot in order if the chosen one is damaged, and reports the damaged one. Has no effect on a
     * request by id.
     */
    public RestoreRequest allowOlder() {
        return with(Option.OLDER);
    }

    /** Edits the staged image before it is installed. */
    public RestoreRequest editStaged(StagedEdit value) {
        return new RestoreRequest(id, asOf, options, pendingChanges, Objects.requireNonNull(value, "edit"), barrier);
    }

    /**
     * Installs the image online: connections to the database stay open, and one transaction replaces its content. Needs
     * free space for two copies of the image. In WAL mode readers continue. In rollback mode readers wait while the
     * image is written, and need a busy timeout.
     *
     * @param writers blocks the host's writers during the restore; {@link WriteBarrier#noWriters} if there are none
     * @throws SnapshotConfigurationException if the barrier is null
     */
    public RestoreRequest online(WriteBarrier writers) {
        if (writers == null) {
            throw new SnapshotConfigurationException(
                    "an online restore needs a write barrier: pass one that blocks this"
                            + " host's writers, or WriteBarrier.noWriters() if there are none");
        }
        return new RestoreRequest(id, asOf, options, pendingChanges, edit, writers);
    }

    /**
     * Keeps the replaced file next to the new one, as {@code <database>.previous-<restore id>}: a complete database in
     * rollback mode. Requires a restore by swap, because an online restore writes into the file itself.
     */
    public RestoreRequest keepPrevious() {
        return with(Option.KEEP_PREVIOUS);
    }

    /**
     * Accepts an image with an older {@code user_version} than the live database, or without a table, column or index
     * that the live database has.
     */
    public RestoreRequest allowSchemaChange() {
        return with(Option.SCHEMA_CHANGE);
    }

    /**
     * Replaces the database even if SQLite finds it damaged or encrypted, or if it is not a database. The caller
     * promises that it is not in use, because this cannot be proven for such a file. The file is kept next to the new
     * one, with its sidecars, as {@code <database>.damaged-<restore id>}. Requires a restore by swap.
     */
    public RestoreRequest replaceDamaged() {
        return with(Option.REPLACE_DAMAGED);
    }

    /** Sets what happens to pending changes, if the manager knows of such changes; transfers them by default. */
    public RestoreRequest pendingChanges(PendingChangePolicy policy) {
        return new RestoreRequest(id, asOf, options, Objects.requireNonNull(policy, "policy"), edit, barrier);
    }

    /** Rejects a snapshot without positions before anything is touched, because it cannot set a sequence map. */
    public RestoreRequest requirePositions() {
        return with(Option.REQUIRE_POSITIONS);
    }

    /**
     * Makes SQLite check the image, although its take has checked the same bytes. Without this, SQLite checks the image
     * only if the snapshot has no record of a complete check, and again if an edit has changed it.
     */
    public RestoreRequest forceCheck() {
        return with(Option.FORCE_CHECK);
    }

    private RestoreRequest with(Option option) {
        EnumSet<Option> changed = EnumSet.of(option);
        changed.addAll(options);
        return new RestoreRequest(id, asOf, changed, pendingChanges, edit, barrier);
    }

    /** Returns whether a snapshot without positions is rejected. */
    public boolean arePositionsRequired() {
        return options.contains(Option.REQUIRE_POSITIONS);
    }

    /** Returns whether SQLite checks the image in any case. */
    public boolean isCheckForced() {
        return options.contains(Option.FORCE_CHECK);
    }

    /** Returns the requested id; empty if the snapshot is not requested by id. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** Returns the requested instant; empty if the snapshot is not requested by time. */
    public Optional<Instant> asOf() {
        return Optional.ofNullable(asOf);
    }

    /** Returns whether another snapshot may replace a damaged choice. */
    public boolean isOlderAllowed() {
        return options.contains(Option.OLDER);
    }

    /** Returns the host's edit of the staged image, if there is one. */
    public Optional<StagedEdit> edit() {
        return Optional.ofNullable(edit);
    }

    /** Returns the way in which the image is installed. */
    public InstallMethod method() {
        return barrier == null ? InstallMethod.SWAP : InstallMethod.ONLINE;
    }

    /** Returns the write barrier; present only for an online restore. */
    public Optional<WriteBarrier> barrier() {
        return Optional.ofNullable(barrier);
    }

    /** Returns whether the replaced file is kept. */
    public boolean isPreviousKept() {
        return options.contains(Option.KEEP_PREVIOUS);
    }

    /** Returns whether the image may have an older schema than the live database. */
    public boolean isSchemaChangeAllowed() {
        return options.contains(Option.SCHEMA_CHANGE);
    }

    /** Returns whether a damaged database may be replaced. */
    public boolean isDamagedReplaced() {
        return options.contains(Option.REPLACE_DAMAGED);
    }

    /** Returns what happens to pending changes. */
    public PendingChangePolicy pendingChanges() {
        return pendingChanges;
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.change.LocalChangePolicy;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshot to restore, and how. Immutable; each method returns a changed copy.
 *
 * <p>Defaults: a damaged snapshot is an error; the image is installed as it is, by swap; the previous file is not kept; an
 * image with an older schema is refused; a damaged database is not replaced;
 * changes that this node has not published, where its manager knows of such, are carried over.
 */
public final class RestoreRequest {

    private enum Option {
        OLDER,
        KEEP_PREVIOUS,
        SCHEMA_CHANGE,
        REPLACE_DAMAGED,
        REFUSE_LOCAL_CHANGES,
        DROP_LOCAL_CHANGES,
        REQUIRE_POSITIONS
    }

    private final @Nullable SnapshotId id;
    private final @Nullable Instant asOf;
    private final Set<Option> options;
    private final @Nullable StagedEdit edit;
    private final @Nullable WriteBarrier barrier;

    private RestoreRequest(
            @Nullable SnapshotId id,
            @Nullable Instant asOf,
            Set<Option> options,
            @Nullable StagedEdit edit,
            @Nullable WriteBarrier barrier) {
        this.id = id;
        this.asOf = asOf;
        this.options = options;
        this.edit = edit;
        this.barrier = barrier;
    }

    /** The latest snapshot: the one furthest in its streams; among equals the one the store received last. */
    public static RestoreRequest latest() {
        return new RestoreRequest(null, null, Set.of(), null, null);
    }

    /** One snapshot. */
    public static RestoreRequest of(SnapshotId id) {
        return new RestoreRequest(Objects.requireNonNull(id, "id"), null, Set.of(), null, null);
    }

    /** The latest of the snapshots whose manifest was created at an instant or before. */
    public static RestoreRequest asOf(Instant instant) {
        return new RestoreRequest(null, Objects.requireNonNull(instant, "instant"), Set.of(), null, null);
    }

    /** Where the chosen snapshot is damaged, reports it and tries the next one; has no effect on a request by id. */
    public RestoreRequest orOlder() {
        return with(Option.OLDER);
    }

    /** Edits the staged image before it is installed. */
    public RestoreRequest editing(StagedEdit staged) {
        return new RestoreRequest(id, asOf, options, Objects.requireNonNull(staged, "staged"), barrier);
    }

    /**
     * Installs online: connections to the database stay open, and its content is replaced by one transaction. Needs room
     * for the image twice. In WAL mode readers go on; in rollback mode they wait while the image is written, and need a
     * busy time-out.
     *
     * @param writers keeps writers away meanwhile; {@link WriteBarrier#nobodyWrites} where there are none
     * @throws SnapshotConfigurationException where there is no barrier
     */
    public RestoreRequest online(WriteBarrier writers) {
        if (writers == null) {
            throw new SnapshotConfigurationException("an online restore needs a write barrier: give one that keeps this"
                    + " host's writers away, or say WriteBarrier.nobodyWrites()");
        }
        return new RestoreRequest(id, asOf, options, edit, writers);
    }

    /**
     * Keeps the file that is replaced, beside the new one, as {@code <database>.previous-<restore id>}: a complete
     * database in rollback mode. Only by swap: an online restore writes into the file itself.
     */
    public RestoreRequest keepingPrevious() {
        return with(Option.KEEP_PREVIOUS);
    }

    /**
     * Restores also where the image has an older {@code user_version} than the live database, or lacks a table, column or
     * index that it has.
     */
    public RestoreRequest allowingSchemaChange() {
        return with(Option.SCHEMA_CHANGE);
    }

    /**
     * Replaces also a database that SQLite finds damaged, encrypted or none at all: the caller's word that nobody uses
     * it, since nothing can be proven then. It is kept beside the new one, with its sidecars, as {@code
     * <database>.damaged-<restore id>}. Only by swap.
     */
    public RestoreRequest replacingDamaged() {
        return with(Option.REPLACE_DAMAGED);
    }

    /** Fails where the database holds changes that this node has not published, rather than carries them over. */
    public RestoreRequest refusingLocalChanges() {
        return with(Option.REFUSE_LOCAL_CHANGES);
    }

    /** Gives changes up that this node has not published: the caller's word that they are not needed. */
    public RestoreRequest droppingLocalChanges() {
        return with(Option.DROP_LOCAL_CHANGES);
    }

    /**
     * Refuses a snapshot that stands for no positions, before anything is touched: a sequence map could not be set to
     * them.
     */
    public RestoreRequest requiringPositions() {
        return with(Option.REQUIRE_POSITIONS);
    }

    private RestoreRequest with(Option option) {
        EnumSet<Option> changed = EnumSet.of(option);
        changed.addAll(options);
        return new RestoreRequest(id, asOf, changed, edit, barrier);
    }

    /** Whether a snapshot without positions is refused. */
    public boolean arePositionsRequired() {
        return options.contains(Option.REQUIRE_POSITIONS);
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
        return options.contains(Option.OLDER);
    }

    /** The host's edit of the staged image. */
    public Optional<StagedEdit> edit() {
        return Optional.ofNullable(edit);
    }

    /** How the image is to be installed. */
    public InstallMethod method() {
        return barrier == null ? InstallMethod.SWAP : InstallMethod.ONLINE;
    }

    /** What keeps writers away; there for an online restore only. */
    public Optional<WriteBarrier> barrier() {
        return Optional.ofNullable(barrier);
    }

    /** Whether the file that is replaced is kept. */
    public boolean isPreviousKept() {
        return options.contains(Option.KEEP_PREVIOUS);
    }

    /** Whether the image may have an older schema than the live database. */
    public boolean isSchemaChangeAllowed() {
        return options.contains(Option.SCHEMA_CHANGE);
    }

    /** Whether a damaged database may be replaced. */
    public boolean isDamagedReplaced() {
        return options.contains(Option.REPLACE_DAMAGED);
    }

    /** What becomes of changes that this node has not published. */
    public LocalChangePolicy localChanges() {
        if (options.contains(Option.DROP_LOCAL_CHANGES)) {
            return LocalChangePolicy.DROP;
        }
        return options.contains(Option.REFUSE_LOCAL_CHANGES) ? LocalChangePolicy.REFUSE : LocalChangePolicy.CARRY;
    }
}

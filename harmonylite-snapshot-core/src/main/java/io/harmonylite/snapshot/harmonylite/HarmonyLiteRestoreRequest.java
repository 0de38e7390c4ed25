package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.RestoreRequest;
import java.util.Objects;

/**
 * A request to restore a HarmonyLite snapshot. Immutable; each method returns a modified copy.
 *
 * <p>Defaults: the restore is rejected, because nothing records which messages the snapshot contains. It is also
 * rejected if a table with rows has neither a primary key nor an index. Other options are those of {@link
 * RestoreRequest#latest}.
 */
public final class HarmonyLiteRestoreRequest {

    private final HarmonyLiteSnapshotSource source;
    private final RestoreRequest how;
    private final Positions positions;
    private final KeylessTables keyless;

    private HarmonyLiteRestoreRequest(
            HarmonyLiteSnapshotSource source, RestoreRequest how, Positions positions, KeylessTables keyless) {
        this.source = source;
        this.how = how;
        this.positions = positions;
        this.keyless = keyless;
    }

    /** Requests the snapshot at a location. */
    public static HarmonyLiteRestoreRequest of(HarmonyLiteSnapshotSource source) {
        return new HarmonyLiteRestoreRequest(
                Objects.requireNonNull(source, "source"),
                RestoreRequest.latest(),
                Positions.REQUIRED,
                KeylessTables.REJECTED);
    }

    /**
     * Accepts that nothing records which messages the snapshot contains. Messages that the streams keep are applied
     * again on top of it, over rows that may be newer until the end is reached (fault D5). Messages that the streams no
     * longer keep may be missing in it (fault D6); the report says which ones.
     */
    public HarmonyLiteRestoreRequest acceptUnknownPositions() {
        return new HarmonyLiteRestoreRequest(source, how, Positions.UNKNOWN_ACCEPTED, keyless);
    }

    /**
     * Accepts tables that have neither a primary key nor an index. HarmonyLite finds their rows by rowid, and renumbers
     * the rowids in its snapshots, so later messages may change or remove other rows (fault D13). Accept them only if
     * their rows are never updated or deleted.
     */
    public HarmonyLiteRestoreRequest acceptKeylessTables() {
        return new HarmonyLiteRestoreRequest(source, how, positions, KeylessTables.ACCEPTED);
    }

    /**
     * Sets the options of the restore, as those of a request that starts from {@link RestoreRequest#latest}.
     *
     * @throws IllegalArgumentException if the request names a snapshot or an instant
     */
    public HarmonyLiteRestoreRequest options(RestoreRequest request) {
        if (request.id().isPresent() || request.asOf().isPresent()) {
            throw new IllegalArgumentException("the HarmonyLite snapshot in " + source
                    + " cannot be chosen by id or instant: pass only options, starting from RestoreRequest.latest()");
        }
        return new HarmonyLiteRestoreRequest(source, request, positions, keyless);
    }

    /** Returns the location of the snapshot. */
    public HarmonyLiteSnapshotSource source() {
        return source;
    }

    /** Returns the options of the restore. */
    public RestoreRequest options() {
        return how;
    }

    /** Returns whether the snapshot may be restored although its positions are unknown. */
    public boolean areUnknownPositionsAccepted() {
        return positions == Positions.UNKNOWN_ACCEPTED;
    }

    /** Returns whether tables without key and index may be restored. */
    public boolean areKeylessTablesAccepted() {
        return keyless == KeylessTables.ACCEPTED;
    }

    private enum KeylessTables {
        REJECTED,
        ACCEPTED
    }

    private enum Positions {
        REQUIRED,
        UNKNOWN_ACCEPTED
    }
}

package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.RestoreRequest;
import java.util.Objects;

/**
 * A request to restore a HarmonyLite snapshot. Immutable; each method returns a modified copy.
 *
 * <p>Defaults: the restore is rejected, because nothing records which messages the snapshot contains; other options are
 * those of {@link RestoreRequest#latest}.
 */
public final class HarmonyLiteRestoreRequest {

    private final HarmonyLiteSnapshotSource source;
    private final RestoreRequest how;
    private final Positions positions;

    private HarmonyLiteRestoreRequest(HarmonyLiteSnapshotSource source, RestoreRequest how, Positions positions) {
        this.source = source;
        this.how = how;
        this.positions = positions;
    }

    /** Requests the snapshot at a location. */
    public static HarmonyLiteRestoreRequest of(HarmonyLiteSnapshotSource source) {
        return new HarmonyLiteRestoreRequest(
                Objects.requireNonNull(source, "source"), RestoreRequest.latest(), Positions.REQUIRED);
    }

    /**
     * Accepts that nothing records which messages the snapshot contains. Messages that the streams keep are applied
     * again on top of it, over rows that may be newer until the end is reached (fault D5). Messages that the streams no
     * longer keep may be missing in it (fault D6); the report says which ones.
     */
    public HarmonyLiteRestoreRequest acceptUnknownPositions() {
        return new HarmonyLiteRestoreRequest(source, how, Positions.UNKNOWN_ACCEPTED);
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
        return new HarmonyLiteRestoreRequest(source, request, positions);
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

    private enum Positions {
        REQUIRED,
        UNKNOWN_ACCEPTED
    }
}

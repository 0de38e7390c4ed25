package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.RestoreRequest;
import java.util.Objects;

/**
 * Which snapshot of HarmonyLite's to restore, and how. Immutable; each method returns a changed copy.
 *
 * <p>Defaults: refused, since nothing says which messages are in it; else as {@link RestoreRequest#latest}.
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

    /** The snapshot that lies in a place. */
    public static HarmonyLiteRestoreRequest of(HarmonyLiteSnapshotSource source) {
        return new HarmonyLiteRestoreRequest(
                Objects.requireNonNull(source, "source"), RestoreRequest.latest(), Positions.REQUIRED);
    }

    /**
     * The host's word that the snapshot may be restored although nothing says which messages it contains. What the streams
     * keep is applied again on top of it, over rows that may be newer until the end is reached (D5); what they no longer
     * keep may be missing in it (D6), and the report says which that is.
     */
    public HarmonyLiteRestoreRequest acceptingUnknownPositions() {
        return new HarmonyLiteRestoreRequest(source, how, Positions.UNKNOWN_ACCEPTED);
    }

    /**
     * How to install it, and what to allow: the options of a request for another snapshot, {@link RestoreRequest#latest}.
     *
     * @throws IllegalArgumentException where the request names a snapshot or an instant
     */
    public HarmonyLiteRestoreRequest how(RestoreRequest request) {
        if (request.id().isPresent() || request.asOf().isPresent()) {
            throw new IllegalArgumentException("there is one snapshot of HarmonyLite's in " + source
                    + ", without id and instant: give options alone, from RestoreRequest.latest()");
        }
        return new HarmonyLiteRestoreRequest(source, request, positions);
    }

    /** Where the snapshot lies. */
    public HarmonyLiteSnapshotSource source() {
        return source;
    }

    /** How it is installed. */
    public RestoreRequest how() {
        return how;
    }

    /** Whether it may be restored although its positions are not known. */
    public boolean areUnknownPositionsAccepted() {
        return positions == Positions.UNKNOWN_ACCEPTED;
    }

    private enum Positions {
        REQUIRED,
        UNKNOWN_ACCEPTED
    }
}

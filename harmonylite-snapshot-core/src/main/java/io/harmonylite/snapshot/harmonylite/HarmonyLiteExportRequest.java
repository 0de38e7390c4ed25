package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.stream.Streams;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to export a snapshot for HarmonyLite nodes. Immutable; each method returns a modified copy.
 *
 * <p>Default: the streams are not checked. A HarmonyLite node restores any snapshot that it finds, and applies all
 * messages that its streams keep. Messages in neither of them are lost on that node without a warning (fault D6).
 */
public final class HarmonyLiteExportRequest {

    private final @Nullable SnapshotId id;
    private final @Nullable Streams streams;

    private HarmonyLiteExportRequest(@Nullable SnapshotId id, @Nullable Streams streams) {
        this.id = id;
        this.streams = streams;
    }

    /**
     * Requests the latest snapshot: the one that is furthest in its streams. If several cannot be compared, it is the
     * one that the store received last.
     */
    public static HarmonyLiteExportRequest latest() {
        return new HarmonyLiteExportRequest(null, null);
    }

    /** Requests one snapshot by id. */
    public static HarmonyLiteExportRequest of(SnapshotId id) {
        return new HarmonyLiteExportRequest(Objects.requireNonNull(id, "id"), null);
    }

    /**
     * Rejects a snapshot that does not contain all messages that these streams have dropped. A stream that is missing
     * in the snapshot's positions counts as 0.
     *
     * @param followed the streams that the HarmonyLite nodes follow
     */
    public HarmonyLiteExportRequest requireCoverage(Streams followed) {
        return new HarmonyLiteExportRequest(id, Objects.requireNonNull(followed, "streams"));
    }

    /** Returns the requested id; empty for the latest snapshot. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** Returns the streams that the snapshot must cover; empty if they are not checked. */
    public Optional<Streams> streams() {
        return Optional.ofNullable(streams);
    }
}

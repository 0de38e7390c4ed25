package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.stream.Streams;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshot to hand to HarmonyLite's nodes. Immutable; each method returns a changed copy.
 *
 * <p>Default: the streams are not asked. A node of HarmonyLite restores whatever lies there, and applies all that its streams
 * keep: what neither holds is lost on it, without a word (D6).
 */
public final class HarmonyLiteExportRequest {

    private final @Nullable SnapshotId id;
    private final @Nullable Streams streams;

    private HarmonyLiteExportRequest(@Nullable SnapshotId id, @Nullable Streams streams) {
        this.id = id;
        this.streams = streams;
    }

    /** The latest snapshot: the one furthest in its streams; among equals the one the store received last. */
    public static HarmonyLiteExportRequest latest() {
        return new HarmonyLiteExportRequest(null, null);
    }

    /** One snapshot. */
    public static HarmonyLiteExportRequest of(SnapshotId id) {
        return new HarmonyLiteExportRequest(Objects.requireNonNull(id, "id"), null);
    }

    /**
     * Refuses a snapshot that does not hold all messages that these streams have dropped: the streams that HarmonyLite's
     * nodes follow. One that is not named in the snapshot's positions counts as 0.
     */
    public HarmonyLiteExportRequest covering(Streams followed) {
        return new HarmonyLiteExportRequest(id, Objects.requireNonNull(followed, "streams"));
    }

    /** The id asked for. */
    public Optional<SnapshotId> id() {
        return Optional.ofNullable(id);
    }

    /** The streams that the snapshot must cover. */
    public Optional<Streams> streams() {
        return Optional.ofNullable(streams);
    }
}

package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Duration;
import java.time.Instant;

/** Sample snapshots that were never taken. */
final class Samples {

    /** The instant from which hours are counted. */
    static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private static final ImageInfo IMAGE =
            new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00".repeat(32), "00".repeat(32));

    private Samples() {}

    static Instant hour(long hours) {
        return START.plus(Duration.ofHours(hours));
    }

    static SnapshotId id(int number) {
        return SnapshotId.of(START, "node", number);
    }

    /** Returns a snapshot stored at an hour. */
    static SnapshotInfo snapshot(int number, long hour, Positions positions) {
        return new SnapshotInfo(id(number), "orders", START, hour(hour), "1", positions, IMAGE, 1);
    }

    /** Returns a snapshot at a position of one stream. */
    static SnapshotInfo snapshot(int number, long hour, long position) {
        return snapshot(number, hour, Positions.of("changes", StreamPosition.at(position)));
    }

    /** Returns a snapshot without positions. */
    static SnapshotInfo snapshot(int number, long hour) {
        return snapshot(number, hour, Positions.none());
    }
}

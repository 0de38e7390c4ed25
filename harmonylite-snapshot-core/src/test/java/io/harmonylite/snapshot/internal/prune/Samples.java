package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

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

    /** Returns a snapshot stored at an hour; later ones have a higher generation. */
    static SnapshotInfo snapshot(int number, long hour, Positions positions) {
        return snapshot(number, hour, hour, positions);
    }

    /** Returns a snapshot of a generation, stored at an hour. */
    static SnapshotInfo snapshot(int number, long generation, long hour, Positions positions) {
        return new SnapshotInfo(
                id(number),
                "orders",
                START,
                hour(hour),
                "1",
                positions,
                IMAGE,
                1,
                0,
                0,
                PendingRecord.none(),
                generation,
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
    }

    /** Returns the head of a snapshot of a generation, whose take began at an hour; the grace period is 24 hours. */
    static ManifestHead head(int number, long generation, long hour, Positions positions) {
        return new ManifestHead(
                List.of(),
                id(number),
                "orders",
                hour(hour),
                "1",
                positions,
                IMAGE,
                1,
                0,
                0,
                PendingRecord.none(),
                new Ordering(generation, hour(hour), Duration.ofHours(24)),
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
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

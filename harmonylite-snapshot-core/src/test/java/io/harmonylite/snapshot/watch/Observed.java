package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Observations for tests. */
final class Observed {

    static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private static final ImageInfo IMAGE =
            new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00".repeat(32), "00".repeat(32));

    private Observed() {}

    static Instant minute(long minutes) {
        return START.plus(Duration.ofMinutes(minutes));
    }

    static SnapshotInfo snapshotAt(Instant stored) {
        return new SnapshotInfo(
                SnapshotId.of(START, "node", 1), "orders", START, stored, "1", Positions.none(), IMAGE, 1);
    }

    /** Returns a stream of unlimited retention that has dropped no message. */
    static ObservedStream stream(String name, long saved, long position, long last) {
        StreamState state = new StreamState(1, last, last, 100 * last, START, StreamRetention.unlimited());
        return new ObservedStream(name, state, position, saved, null, 0);
    }

    /** Returns a stream that has dropped all messages above its limits. All of it is applied. */
    static ObservedStream limited(StreamRetention retention, long first, long last, long saved, double rate) {
        long messages = last - first + 1;
        StreamState state = new StreamState(first, last, messages, 100 * messages, START, retention);
        return new ObservedStream("changes", state, last, saved, null, rate);
    }

    static StreamRetention ofBytes(long bytes) {
        return new StreamRetention(OptionalLong.empty(), OptionalLong.of(bytes), Optional.empty());
    }

    static StreamRetention ofAge(Duration age) {
        return new StreamRetention(OptionalLong.empty(), OptionalLong.empty(), Optional.of(age));
    }

    static TriggerInput check(Instant now, @Nullable SnapshotInfo newest, ObservedStream... streams) {
        return new TriggerInput(now, Occasion.CHECK, List.of(streams), newest, null, Duration.ZERO);
    }

    static TriggerInput shutdown(Instant now, @Nullable SnapshotInfo newest, ObservedStream... streams) {
        return new TriggerInput(now, Occasion.SHUTDOWN, List.of(streams), newest, null, Duration.ZERO);
    }
}

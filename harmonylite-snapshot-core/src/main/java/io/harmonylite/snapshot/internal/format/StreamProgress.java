package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.StreamPosition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one stream was counted. Immutable.
 *
 * @param sequence the position's sequence; {@link #NONE} where the stream has no position
 * @param timestamp the server's timestamp of the message there, where it is known
 * @param created when the server created the stream, where it is known
 * @param ahead ranges beyond the position, in order, with holes between them and before the first
 */
public record StreamProgress(
        long sequence,
        @Nullable Instant timestamp,
        @Nullable Instant created,
        List<AheadRange> ahead) {

    /** In the place of a sequence: the stream has no position. */
    public static final long NONE = -1;

    /** A stream of which nothing is known. */
    public static final StreamProgress UNKNOWN = new StreamProgress(NONE, null, null, List.of());

    /** Refuses ranges that are not in order, or not beyond the position with a hole between. */
    public StreamProgress {
        ahead = List.copyOf(ahead);
        long end = Math.max(sequence, 0);
        if (sequence < NONE) {
            throw new IllegalArgumentException("no sequence: " + sequence);
        }
        for (AheadRange range : ahead) {
            if (range.first() - 1 <= end) {
                throw new IllegalArgumentException("a range that begins at " + range.first() + " joins " + end);
            }
            end = range.last();
        }
    }

    /** A stream at a position, without ranges. */
    public static StreamProgress at(StreamPosition position) {
        return new StreamProgress(position.sequence(), position.timestamp(), position.streamCreated(), List.of());
    }

    /** The position, where the stream has one. */
    public Optional<StreamPosition> position() {
        return sequence == NONE ? Optional.empty() : Optional.of(new StreamPosition(sequence, timestamp, created));
    }
}

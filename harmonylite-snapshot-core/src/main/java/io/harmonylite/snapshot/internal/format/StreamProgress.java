package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.StreamPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Progress in one stream. Immutable.
 *
 * @param sequence sequence of the position; 0 if the first message is not counted yet
 * @param timestamp the server's timestamp of the message at the position; null if it is not known
 * @param created time when the server created the stream; null if it is not known
 * @param ahead ranges beyond the position, in order, with holes between them and before the first
 */
public record StreamProgress(
        long sequence,
        @Nullable Instant timestamp,
        @Nullable Instant created,
        List<AheadRange> ahead) {

    /** Progress of a stream that is not recorded: it equals no progress that is. */
    public static final StreamProgress UNKNOWN = new StreamProgress(-1, null, null, List.of());

    /** Rejects ranges that are not in order, or that follow the position or each other without a hole. */
    public StreamProgress {
        ahead = List.copyOf(ahead);
        long end = sequence;
        if (sequence < (ahead.isEmpty() ? -1 : 0)) {
            throw new IllegalArgumentException("not a sequence: " + sequence);
        }
        for (AheadRange range : ahead) {
            if (range.first() - 1 <= end) {
                throw new IllegalArgumentException(
                        "the range that begins at " + range.first() + " follows " + end + " without a hole");
            }
            end = range.last();
        }
    }

    /** Returns the progress of a stream at a position, without ranges. */
    public static StreamProgress at(StreamPosition position) {
        return new StreamProgress(position.sequence(), position.timestamp(), position.streamCreated(), List.of());
    }

    /** Returns the position. */
    public StreamPosition position() {
        return new StreamPosition(sequence, timestamp, created);
    }
}

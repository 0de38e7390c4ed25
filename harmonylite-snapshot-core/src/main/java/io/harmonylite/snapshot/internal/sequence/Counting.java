package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.internal.base.StreamName;
import io.harmonylite.snapshot.internal.format.AheadRange;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of counting for both kinds of map: pure functions from one stream's progress to the next. */
public final class Counting {

    /** Maximum number of ahead ranges of a stream. */
    public static final int MAX_AHEAD_RANGES = 1024;

    /** The range of JetStream's own timestamps: nanoseconds since 1970 in 64 bits. */
    private static final Instant FIRST_INSTANT = Instant.ofEpochSecond(0, Long.MIN_VALUE);

    private static final Instant LAST_INSTANT = Instant.ofEpochSecond(0, Long.MAX_VALUE);

    private Counting() {}

    /** Throws if the arguments cannot name a message of any stream. */
    public static void checkMessage(String stream, StreamPosition at) {
        StreamName.require(stream);
        if (at.sequence() == 0) {
            throw new IllegalArgumentException("a stream's first message is number 1, not 0: " + stream);
        }
        checkInstant(at.timestamp());
        checkInstant(at.streamCreated());
    }

    /** Throws if the stream has no valid name; returns the range as an ahead range. */
    public static AheadRange checkRange(String stream, SequenceRange range) {
        StreamName.require(stream);
        return new AheadRange(range.first(), range.last(), null);
    }

    /** Throws if the positions cannot be stored. */
    public static void checkPositions(Positions positions) {
        for (StreamPosition position : positions.byStream().values()) {
            checkInstant(position.timestamp());
            checkInstant(position.streamCreated());
        }
    }

    private static void checkInstant(@Nullable Instant instant) {
        if (instant != null && (instant.isBefore(FIRST_INSTANT) || instant.isAfter(LAST_INSTANT))) {
            throw new IllegalArgumentException("a stream has no such time: " + instant);
        }
    }

    /** Counts the next message. */
    public static StreamProgress applied(String stream, StreamProgress now, StreamPosition at) {
        checkSame(stream, now, at);
        if (isCounted(now, at.sequence())) {
            return now;
        }
        long next = Math.max(now.sequence(), 0) + 1;
        if (at.sequence() != next) {
            throw new OutOfSequenceException("the next message of " + stream + " is " + next + ", not " + at.sequence()
                    + ": nothing was counted. Check the stream's state: if it still has " + next
                    + ", start again from there; if that message was deleted inside the stream, count it as skipped;"
                    + " else recover");
        }
        return join(at.sequence(), at.timestamp(), created(now, at), now.ahead());
    }

    /** Counts a message; earlier ones may still be missing. */
    public static StreamProgress published(String stream, StreamProgress now, StreamPosition at) {
        checkSame(stream, now, at);
        AheadRange range = new AheadRange(at.sequence(), at.sequence(), at.timestamp());
        return ahead(stream, now, range, created(now, at));
    }

    /** Counts sequences that hold no message. */
    public static StreamProgress skipped(String stream, StreamProgress now, AheadRange range) {
        return ahead(stream, now, range, now.created());
    }

    /** Sets a position; ranges beyond it stay if they belong to the same stream. */
    public static StreamProgress put(StreamProgress now, StreamPosition position) {
        Instant created = position.streamCreated();
        boolean other = created != null && now.created() != null && !created.equals(now.created());
        List<AheadRange> ahead = other ? List.of() : now.ahead();
        Instant time = position.timestamp();
        if (time == null && !other && now.sequence() == position.sequence()) {
            time = now.timestamp();
        }
        return join(position.sequence(), time, created == null && !other ? now.created() : created, ahead);
    }

    private static @Nullable Instant created(StreamProgress now, StreamPosition at) {
        return now.created() == null ? at.streamCreated() : now.created();
    }

    private static void checkSame(String stream, StreamProgress now, StreamPosition at) {
        StreamPosition known = new StreamPosition(Math.max(now.sequence(), 0), now.timestamp(), now.created());
        if (!known.sameStream(at)) {
            throw new OutOfSequenceException("message " + at.sequence() + " of " + stream
                    + " belongs to another stream than the positions: the stream was deleted and created anew, or its"
                    + " server was set back. Counted is " + known + ", found " + at + ". Recover, or decide by hand");
        }
    }

    private static boolean isCounted(StreamProgress now, long sequence) {
        return sequence <= now.sequence()
                || now.ahead().stream().anyMatch(range -> range.first() <= sequence && sequence <= range.last());
    }

    private static StreamProgress ahead(
            String stream, StreamProgress now, AheadRange range, @Nullable Instant created) {
        if (range.last() <= now.sequence() || now.ahead().stream().anyMatch(old -> old.contains(range))) {
            return now;
        }
        // The first count of a stream sets position 0: a recovery then knows that no earlier message was applied.
        StreamProgress result = join(Math.max(now.sequence(), 0), now.timestamp(), created, merge(now.ahead(), range));
        if (result.ahead().size() > MAX_AHEAD_RANGES
                && result.ahead().size() > now.ahead().size()) {
            throw new IllegalStateException(stream + " has " + now.ahead().size()
                    + " ranges counted ahead of its position, with holes between them; " + range.first()
                    + " would make one more. Apply the messages before them first: the next is "
                    + (result.sequence() + 1));
        }
        return result;
    }

    /** Merges a range into others; the result is in order, and no range touches its neighbour. */
    private static List<AheadRange> merge(List<AheadRange> ahead, AheadRange added) {
        List<AheadRange> merged = new ArrayList<>(ahead.size() + 1);
        AheadRange union = added;
        for (AheadRange range : ahead) {
            if (union.touches(range)) {
                union = union.union(range);
            } else if (range.last() < union.first()) {
                merged.add(range);
            } else {
                merged.add(union);
                union = range;
            }
        }
        merged.add(union);
        return merged;
    }

    /** Moves a position through the ranges that it reaches. */
    private static StreamProgress join(
            long sequence, @Nullable Instant timestamp, @Nullable Instant created, List<AheadRange> ahead) {
        long end = sequence;
        Instant time = timestamp;
        Deque<AheadRange> left = new ArrayDeque<>(ahead);
        while (!left.isEmpty() && left.getFirst().first() - 1 <= end) {
            AheadRange reached = left.removeFirst();
            if (reached.last() > end) {
                end = reached.last();
                time = reached.timestamp();
            }
        }
        return new StreamProgress(end, time, created, new ArrayList<>(left));
    }
}

package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Content of a sequence map's file. Immutable.
 *
 * @param streams progress by stream
 * @param restoreId random id of the last recorded restore; null if there is none
 * @param binding mark that the map shares with its database; null if there is none
 * @param history whether HarmonyLite wrote the map before
 */
public record SequenceMapData(
        Map<String, StreamProgress> streams,
        @Nullable String restoreId,
        @Nullable Binding binding,
        History history) {

    /** A map without any progress. */
    public static final SequenceMapData NEW = new SequenceMapData(new TreeMap<>(), null, null, History.OWN);

    /** Copies the streams. */
    public SequenceMapData {
        streams = Collections.unmodifiableMap(new TreeMap<>(streams));
    }

    /** Returns the positions of the recorded streams. */
    public Positions positions() {
        TreeMap<String, StreamPosition> positions = new TreeMap<>();
        streams.forEach((stream, progress) -> positions.put(stream, progress.position()));
        return Positions.copyOf(positions);
    }

    /** Returns the ahead ranges of the streams that have any. */
    public SortedMap<String, List<SequenceRange>> ahead() {
        TreeMap<String, List<SequenceRange>> ahead = new TreeMap<>();
        streams.forEach((stream, progress) -> {
            if (!progress.ahead().isEmpty()) {
                ahead.put(stream, ranges(progress));
            }
        });
        return ahead;
    }

    private static List<SequenceRange> ranges(StreamProgress progress) {
        return progress.ahead().stream()
                .map(range -> new SequenceRange(range.first(), range.last()))
                .toList();
    }

    /** Writers of a map. */
    public enum History {
        /** Only this library wrote the map. */
        OWN,
        /** HarmonyLite wrote the map before this library adopted it. A stream without an entry is at position 0. */
        ADOPTED
    }
}

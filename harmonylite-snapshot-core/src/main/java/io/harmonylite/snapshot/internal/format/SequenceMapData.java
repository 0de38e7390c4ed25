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
 * What a sequence map's file says. Immutable.
 *
 * @param streams how far each stream was counted
 * @param restoreId random id of the last restore it knows
 * @param history whether HarmonyLite wrote it before
 */
public record SequenceMapData(
        Map<String, StreamProgress> streams, @Nullable String restoreId, History history) {

    /** A map in which nothing was counted yet. */
    public static final SequenceMapData NEW = new SequenceMapData(new TreeMap<>(), null, History.OWN);

    /** Copies the streams. */
    public SequenceMapData {
        streams = Collections.unmodifiableMap(new TreeMap<>(streams));
    }

    /** The positions of the streams that have one. */
    public Positions positions() {
        TreeMap<String, StreamPosition> positions = new TreeMap<>();
        for (Map.Entry<String, StreamProgress> entry : streams.entrySet()) {
            entry.getValue().position().ifPresent(position -> positions.put(entry.getKey(), position));
        }
        return Positions.copyOf(positions);
    }

    /** The ahead ranges of the streams that have such. */
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

    /** Who wrote a map. */
    public enum History {
        /** This library alone. */
        OWN,
        /** HarmonyLite, before this library adopted it: a stream without entry stands at 0. */
        ADOPTED
    }
}

package io.harmonylite.snapshot;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Data in an image beyond its recorded positions. A take records it only if the host allowed a take with pending
 * changes. After a restore, the streams deliver these messages once more. Immutable.
 *
 * @param changes number of pending changes of the node that took the snapshot
 * @param ahead messages beyond the position that are in the image already, by stream
 */
public record PendingRecord(long changes, SortedMap<String, List<SequenceRange>> ahead) {

    private static final PendingRecord NONE = new PendingRecord(0, new TreeMap<>());

    /** Copies the map, and rejects a negative number. */
    public PendingRecord {
        if (changes < 0) {
            throw new IllegalArgumentException("the number of pending changes must not be negative: " + changes);
        }
        TreeMap<String, List<SequenceRange>> copy = new TreeMap<>();
        ahead.forEach((stream, ranges) -> copy.put(stream, List.copyOf(ranges)));
        ahead = Collections.unmodifiableSortedMap(copy);
    }

    /** Returns an empty record: the image holds nothing beyond its positions. */
    public static PendingRecord none() {
        return NONE;
    }

    /** Returns whether the image holds nothing beyond its positions. */
    public boolean isNone() {
        return changes == 0 && ahead.isEmpty();
    }
}

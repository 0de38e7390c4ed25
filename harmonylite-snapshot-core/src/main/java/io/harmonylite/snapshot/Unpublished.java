package io.harmonylite.snapshot;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an image holds that its positions do not tell of: it was taken before everything was published, which its host had
 * to allow. Whoever restores it is given these messages once more by the streams. Immutable.
 *
 * @param changes number of changes that its node had not published
 * @param ahead messages beyond the position that are in the image already, for each stream that has such
 */
public record Unpublished(long changes, SortedMap<String, List<SequenceRange>> ahead) {

    private static final Unpublished NONE = new Unpublished(0, new TreeMap<>());

    /** Copies the map; refuses a negative number. */
    public Unpublished {
        if (changes < 0) {
            throw new IllegalArgumentException("a number of changes is not negative: " + changes);
        }
        TreeMap<String, List<SequenceRange>> copy = new TreeMap<>();
        ahead.forEach((stream, ranges) -> copy.put(stream, List.copyOf(ranges)));
        ahead = Collections.unmodifiableSortedMap(copy);
    }

    /** Nothing: the positions tell all. */
    public static Unpublished none() {
        return NONE;
    }

    /** Whether the positions tell all. */
    public boolean isNone() {
        return changes == 0 && ahead.isEmpty();
    }
}

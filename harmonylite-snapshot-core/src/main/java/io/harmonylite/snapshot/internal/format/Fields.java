package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** The values of a decoded map by key. Reading a required key that is missing throws. */
final class Fields {

    private final Map<String, Object> values = new HashMap<>();

    void put(String key, Object value) {
        values.put(key, value);
    }

    String text(String key) throws MalformedException {
        return get(key, String.class);
    }

    Optional<String> optionalText(String key) throws MalformedException {
        return values.containsKey(key) ? Optional.of(text(key)) : Optional.empty();
    }

    long number(String key) throws MalformedException {
        return get(key, Long.class);
    }

    long number(String key, long missing) throws MalformedException {
        return contains(key) ? number(key) : missing;
    }

    boolean contains(String key) {
        return values.containsKey(key);
    }

    int int32(String key) throws MalformedException {
        long value = number(key);
        if (value != (int) value) {
            throw new MalformedException(key + " does not fit into 32 bits: " + value);
        }
        return (int) value;
    }

    Digest digest(String key) throws MalformedException {
        return get(key, Digest.class);
    }

    HeadCodec.Body body(String key) throws MalformedException {
        return get(key, HeadCodec.Body.class);
    }

    Optional<ManifestSeal> seal(String key) throws MalformedException {
        return values.containsKey(key) ? Optional.of(get(key, ManifestSeal.class)) : Optional.empty();
    }

    Positions positions(String key) throws MalformedException {
        return values.containsKey(key) ? get(key, Positions.class) : Positions.none();
    }

    PendingRecord unpublished(String key) throws MalformedException {
        return values.containsKey(key) ? get(key, PendingRecord.class) : PendingRecord.none();
    }

    @SuppressWarnings("unchecked") // Only ranges by stream are put under such a key.
    SortedMap<String, SequenceRange> ranges(String key) throws MalformedException {
        return values.containsKey(key) ? get(key, SortedMap.class) : Collections.emptySortedMap();
    }

    @SuppressWarnings("unchecked") // Only lists of text are put under such a key.
    List<String> texts(String key) throws MalformedException {
        return get(key, List.class);
    }

    @SuppressWarnings("unchecked") // Only lists of layers are put under such a key.
    List<LayerEntry> layers(String key) throws MalformedException {
        return get(key, List.class);
    }

    private <T> T get(String key, Class<T> type) throws MalformedException {
        Object value = values.get(key);
        if (value == null) {
            throw new MalformedException("the key \"" + key + "\" is missing");
        }
        return type.cast(value);
    }
}

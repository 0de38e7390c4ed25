package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.format.StreamName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The positions of several streams at one moment: what an image stands for. Immutable and thread-safe.
 *
 * <p>Streams are named as JetStream names them: not empty, at most {@value #MAX_STREAM_NAME_LENGTH} characters.
 */
public final class Positions {

    /** Longest stream name, in characters; the limit of JetStream itself. */
    public static final int MAX_STREAM_NAME_LENGTH = 255;

    private static final Positions NONE = new Positions(new TreeMap<>());

    private final SortedMap<String, StreamPosition> byStream;

    private Positions(SortedMap<String, StreamPosition> byStream) {
        this.byStream = Collections.unmodifiableSortedMap(byStream);
    }

    /** No positions: a host without streams, or one whose streams have none yet. */
    public static Positions none() {
        return NONE;
    }

    /** The position of one stream. */
    public static Positions of(String stream, StreamPosition position) {
        return NONE.with(stream, position);
    }

    /** The positions in a map, copied. */
    public static Positions copyOf(Map<String, StreamPosition> positions) {
        TreeMap<String, StreamPosition> copy = new TreeMap<>(positions);
        copy.keySet().forEach(StreamName::require);
        return new Positions(copy);
    }

    /** These positions with that of one stream added or replaced. */
    public Positions with(String stream, StreamPosition position) {
        StreamName.require(stream);
        TreeMap<String, StreamPosition> copy = new TreeMap<>(byStream);
        copy.put(stream, position);
        return new Positions(copy);
    }

    /** The position of a stream, where it has one. */
    public Optional<StreamPosition> of(String stream) {
        return Optional.ofNullable(byStream.get(stream));
    }

    /** Stream names and positions, sorted by name; not modifiable. */
    public SortedMap<String, StreamPosition> byStream() {
        return byStream;
    }

    /** Whether no stream has a position. */
    public boolean isEmpty() {
        return byStream.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions that && byStream.equals(that.byStream);
    }

    @Override
    public int hashCode() {
        return byStream.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        byStream.forEach((stream, position) -> text.append(text.length() > 1 ? ", " : "")
                .append(stream)
                .append('=')
                .append(position.sequence()));
        return text.append('}').toString();
    }
}

package io.harmonylite.snapshot;

import com.fasterxml.jackson.annotation.JsonValue;
import io.harmonylite.snapshot.internal.base.StreamName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The positions of several streams at one moment, for example those of an image. Immutable and thread-safe.
 *
 * <p>Stream names follow JetStream: not empty, at most {@value #MAX_STREAM_NAME_LENGTH} characters. Methods that take a
 * stream's name throw {@link IllegalArgumentException} if they would store an invalid one.
 */
public final class Positions {

    /** Maximum length of a stream name in characters; JetStream has the same limit. */
    public static final int MAX_STREAM_NAME_LENGTH = StreamName.MAX_LENGTH;

    private static final Positions NONE = new Positions(new TreeMap<>());

    private final SortedMap<String, StreamPosition> byStream;

    private Positions(SortedMap<String, StreamPosition> byStream) {
        this.byStream = Collections.unmodifiableSortedMap(byStream);
    }

    /** Returns empty positions: for a host without streams, or one whose streams have no positions yet. */
    public static Positions none() {
        return NONE;
    }

    /** Returns the position of a single stream. */
    public static Positions of(String stream, StreamPosition position) {
        return NONE.with(stream, position);
    }

    /** Returns a copy of the positions in a map. */
    public static Positions copyOf(Map<String, StreamPosition> positions) {
        TreeMap<String, StreamPosition> copy = new TreeMap<>(positions);
        copy.keySet().forEach(StreamName::require);
        return new Positions(copy);
    }

    /** Returns a copy in which the position of one stream is added or replaced. */
    public Positions with(String stream, StreamPosition position) {
        StreamName.require(stream);
        TreeMap<String, StreamPosition> copy = new TreeMap<>(byStream);
        copy.put(stream, position);
        return new Positions(copy);
    }

    /** Returns the position of a stream; empty if the stream has none. */
    public Optional<StreamPosition> of(String stream) {
        return Optional.ofNullable(byStream.get(stream));
    }

    /** Returns all positions by stream name, sorted by name; not modifiable. */
    @JsonValue
    public SortedMap<String, StreamPosition> byStream() {
        return byStream;
    }

    /** Returns whether no stream has a position. */
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

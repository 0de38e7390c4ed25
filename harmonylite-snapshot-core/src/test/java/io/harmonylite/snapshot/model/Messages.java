package io.harmonylite.snapshot.model;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The streams, and the model of what was published: a message is named by its stream, sequence and time. */
final class Messages {

    static final List<String> STREAMS = List.of("a", "b");

    final InMemoryStreams streams = InMemoryStreams.unlimited("a", "b");
    private final Map<String, List<String>> published = new TreeMap<>();

    private String incarnation(String stream) throws IOException {
        return stream + streams.state(stream).orElseThrow().created();
    }

    /** Publishes messages; returns the sequence of the last one. */
    long publish(String stream, int count) throws IOException {
        long last = streams.publish(stream, count);
        List<String> all = published.computeIfAbsent(incarnation(stream), none -> new ArrayList<>());
        for (long sequence = last - count + 1; sequence <= last; sequence++) {
            all.add(name(stream, at(stream, sequence)));
        }
        return last;
    }

    /** Deletes a stream and creates it anew. */
    void createAnew(String stream) {
        streams.create(stream, StreamRetention.unlimited());
    }

    StreamPosition at(String stream, long sequence) throws IOException {
        Instant created = streams.state(stream).orElseThrow().created();
        return new StreamPosition(
                sequence, streams.timestampAt(stream, sequence).orElseThrow(), created);
    }

    static String name(String stream, StreamPosition at) {
        return stream + "-" + at.sequence() + "-" + at.timestamp().toEpochMilli();
    }

    /** Returns the messages of a present stream, in order of their sequences. */
    List<String> of(String stream) throws IOException {
        return published.getOrDefault(incarnation(stream), List.of());
    }

    /** Returns all messages of the present streams. */
    Set<String> all() throws IOException {
        Set<String> all = new HashSet<>();
        for (String stream : STREAMS) {
            all.addAll(of(stream));
        }
        return all;
    }

    /** Returns the messages that positions declare to be applied. */
    Set<String> upTo(Positions positions) {
        Set<String> applied = new HashSet<>();
        for (String stream : STREAMS) {
            positions.of(stream).filter(at -> at.streamCreated() != null).ifPresent(at -> {
                List<String> all = published.getOrDefault(stream + at.streamCreated(), List.of());
                applied.addAll(all.subList(0, (int) at.sequence()));
            });
        }
        return applied;
    }

    /** Returns the messages of the present streams that a database lacks and no replay after the positions brings. */
    Set<String> lost(Set<String> rows, Positions positions) throws IOException {
        Set<String> lost = new HashSet<>();
        for (String stream : STREAMS) {
            long position = positions.of(stream).map(StreamPosition::sequence).orElse(0L);
            List<String> all = of(stream);
            for (int sequence = 1; sequence <= all.size(); sequence++) {
                boolean replayed = sequence > position
                        && streams.timestampAt(stream, sequence).isPresent();
                if (!rows.contains(all.get(sequence - 1)) && !replayed) {
                    lost.add(all.get(sequence - 1));
                }
            }
        }
        return lost;
    }
}

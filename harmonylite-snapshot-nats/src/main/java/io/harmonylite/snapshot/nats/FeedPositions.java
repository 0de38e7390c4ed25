package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Where a feed learns how far each stream is applied, and how it has a message applied and counted. Thread-safe. */
interface FeedPositions {

    /** How far a stream is applied; at 0 where nothing is counted. Read anew where a feed starts or starts again. */
    StreamPosition read(String stream) throws Exception;

    /** How far a stream is applied, as far as this feed knows. */
    StreamPosition known(String stream);

    /** Has a message applied and counted. */
    void apply(FeedMessage message, FeedHandler handler) throws Exception;

    /** A map in a file: the feed counts, and knows of what the host has published. */
    static FeedPositions of(FileSequenceMap map) {
        return new FeedPositions() {
            @Override
            public StreamPosition read(String stream) {
                return map.positions().of(stream).orElse(StreamPosition.at(0));
            }

            @Override
            public StreamPosition known(String stream) {
                return read(stream);
            }

            @Override
            public void apply(FeedMessage message, FeedHandler handler) throws Exception {
                message.skipped().ifPresent(range -> map.skipped(message.stream(), range.first(), range.last()));
                map.apply(message.stream(), message.at(), () -> handler.handle(message));
            }
        };
    }

    /** A map in tables: the handler counts, and says what it counted before. */
    static FeedPositions of(TableSequenceMap map, DataSource replica) {
        Map<String, StreamPosition> handled = new ConcurrentHashMap<>(new HashMap<>());
        return new FeedPositions() {
            @Override
            public StreamPosition read(String stream) throws Exception {
                try (Connection connection = replica.getConnection()) {
                    StreamPosition stored =
                            map.in(connection).positions().of(stream).orElse(StreamPosition.at(0));
                    handled.put(stream, stored);
                    return stored;
                }
            }

            @Override
            public StreamPosition known(String stream) {
                return handled.getOrDefault(stream, StreamPosition.at(0));
            }

            @Override
            public void apply(FeedMessage message, FeedHandler handler) throws Exception {
                handler.handle(message);
                handled.put(message.stream(), message.at());
            }
        };
    }
}

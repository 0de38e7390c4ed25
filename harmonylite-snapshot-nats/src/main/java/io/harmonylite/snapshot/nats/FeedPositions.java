package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Where a feed learns how far each stream is applied, and how it has a message applied and counted. Thread-safe. */
interface FeedPositions {

    /** How far a stream is applied; at 0 where nothing is counted. Read anew where a feed starts or starts again. */
    StreamPosition read(String stream) throws Exception;

    /** How far a stream is applied, as far as this feed knows since it has {@linkplain #read read} that. */
    StreamPosition known(String stream);

    /** How far a stream is applied, whether or not this feed has come to read that; to look at, and not remembered. */
    StreamPosition current(String stream) throws SQLException;

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
            public StreamPosition current(String stream) {
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
        Map<String, StreamPosition> handled = new ConcurrentHashMap<>();
        return new FeedPositions() {
            @Override
            public StreamPosition read(String stream) throws SQLException {
                StreamPosition stored = stored(stream);
                handled.put(stream, stored);
                return stored;
            }

            @Override
            public StreamPosition known(String stream) {
                return handled.getOrDefault(stream, StreamPosition.at(0));
            }

            @Override
            public StreamPosition current(String stream) throws SQLException {
                StreamPosition known = handled.get(stream);
                return known == null ? stored(stream) : known;
            }

            private StreamPosition stored(String stream) throws SQLException {
                try (Connection connection = replica.getConnection()) {
                    return map.in(connection).positions().of(stream).orElse(StreamPosition.at(0));
                }
            }

            @Override
            public void apply(FeedMessage message, FeedHandler handler) throws Exception {
                handler.handle(message);
                handled.put(message.stream(), message.at());
            }
        };
    }
}

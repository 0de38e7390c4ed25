package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** The feed's access to the sequence map: reads positions, applies and counts messages. Thread-safe. */
interface FeedPositions {

    /**
     * Reads the position of a stream from the map; 0 if it has none. Called whenever the feed connects or reconnects.
     */
    StreamPosition read(String stream) throws Exception;

    /** Returns the position of a stream as known to this feed since it last {@linkplain #read read} it. */
    StreamPosition known(String stream);

    /**
     * Returns the current position of a stream for reporting, even if this feed has not read it yet. The feed's own
     * knowledge does not change.
     */
    StreamPosition current(String stream) throws SQLException;

    /** Applies a message by the handler and counts it. */
    void apply(StreamMessage message, FeedHandler handler) throws Exception;

    /**
     * Returns the access to a file map: the feed counts messages, and the map includes those that the host published.
     */
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
            public void apply(StreamMessage message, FeedHandler handler) throws Exception {
                message.skipped().ifPresent(range -> map.skipped(message.stream(), range));
                map.apply(message.stream(), message.at(), () -> handler.handle(message));
            }
        };
    }

    /** Returns the access to a table map: the handler counts messages, and rejects those counted before. */
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
            public void apply(StreamMessage message, FeedHandler handler) throws Exception {
                handler.handle(message);
                handled.put(message.stream(), message.at());
            }
        };
    }
}

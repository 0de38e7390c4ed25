package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** The feed's access to the sequence map: reads positions, applies and counts messages. Thread-safe. */
interface FeedPositions {

    /** Reads the current position of a stream from the map; empty if it has none. */
    Optional<StreamPosition> read(String stream) throws SQLException;

    /** Applies a message by the handler and counts it. */
    void apply(StreamMessage message, FeedHandler handler) throws Exception;

    /**
     * Returns the access to a file map: the feed counts messages, and the map includes those that the host published.
     */
    static FeedPositions of(FileSequenceMap map) {
        return new FeedPositions() {
            @Override
            public Optional<StreamPosition> read(String stream) {
                return map.positions().of(stream);
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
        return new FeedPositions() {
            @Override
            public Optional<StreamPosition> read(String stream) throws SQLException {
                try (Connection connection = replica.getConnection()) {
                    return map.in(connection).positions().of(stream);
                }
            }

            @Override
            public void apply(StreamMessage message, FeedHandler handler) throws Exception {
                handler.handle(message);
            }
        };
    }
}

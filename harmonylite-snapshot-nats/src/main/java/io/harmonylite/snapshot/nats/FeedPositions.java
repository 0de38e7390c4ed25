package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The feed's access to the sequence map: reads positions, applies and counts messages. Thread-safe. */
interface FeedPositions {

    /** Reads the current positions from the map. */
    Positions read() throws SQLException;

    /** Applies messages by the handler and counts them. */
    void apply(List<StreamMessage> messages, FeedBatchHandler handler) throws Exception;

    /** Returns the access to a file map: the feed counts messages, and the host those that it published. */
    static FeedPositions of(FileSequenceMap map) {
        return new FeedPositions() {
            @Override
            public Positions read() {
                return map.positions();
            }

            @Override
            public void apply(List<StreamMessage> messages, FeedBatchHandler handler) throws Exception {
                map.applyAll(messages, handler::handle);
            }
        };
    }

    /** Returns the access to a table map: the handler counts messages, and rejects those counted before. */
    static FeedPositions of(TableSequenceMap map, DataSource replica) {
        return new FeedPositions() {
            @Override
            public Positions read() throws SQLException {
                try (Connection connection = replica.getConnection()) {
                    return map.in(connection).positions();
                }
            }

            @Override
            public void apply(List<StreamMessage> messages, FeedBatchHandler handler) throws Exception {
                handler.handle(messages);
            }
        };
    }
}

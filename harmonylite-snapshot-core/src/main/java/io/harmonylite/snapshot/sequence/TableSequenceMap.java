package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.sequence.PositionTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Stream positions in tables of the replica itself, {@code __harmonylite__snapshot_…}, written in the host's own
 * transactions.
 *
 * <pre>{@code
 * TableSequenceMap map = TableSequenceMap.create();
 * try (Connection connection = DriverManager.getConnection("jdbc:sqlite:orders.db");
 *         Statement statement = connection.createStatement()) {
 *     connection.setAutoCommit(false);
 *     if (map.in(connection).applied("orders", StreamPosition.at(1))) {
 *         statement.executeUpdate("INSERT INTO orders VALUES (1, 'pending')");
 *     }
 *     connection.commit();
 * }
 * }</pre>
 *
 * <p>Data and position commit together or not at all. So messages of other nodes are applied exactly once, with any
 * setting of {@code synchronous}.
 *
 * <p>Holds no connection and no state in memory: a rollback needs no notice. Immutable and thread-safe.
 */
public final class TableSequenceMap implements SequenceMap {

    private TableSequenceMap() {}

    /** Creates a map. Does no I/O: the database and its connection pool may be created later. */
    public static TableSequenceMap create() {
        return new TableSequenceMap();
    }

    /**
     * Returns the map as one transaction sees it.
     *
     * @param connection the host's connection to the replica as {@code main}, with a transaction open or auto-commit
     *     off
     */
    public InTransaction in(Connection connection) {
        return new InTransaction(new PositionTables(Objects.requireNonNull(connection, "connection")));
    }

    /** Does nothing: the map holds no resources. */
    @Override
    public void close() {}

    /**
     * Counts messages in one transaction of the host. A count is durable and visible to others when the host commits,
     * and gone when it rolls back. As thread-safe as the connection.
     */
    public static final class InTransaction {

        private final PositionTables tables;

        private InTransaction(PositionTables tables) {
            this.tables = tables;
        }

        /**
         * Counts a message, unless it was counted before. Call it first in the transaction: if it returns false, the
         * message must not be applied.
         *
         * @return true if it was counted now
         * @throws IllegalArgumentException if the sequence is 0
         * @throws IllegalStateException if no transaction is open
         * @throws OutOfSequenceException if it is not the next message, or belongs to another stream of that name
         * @throws SQLException if SQLite fails; roll back
         */
        public boolean applied(String stream, StreamPosition at) throws SQLException {
            return tables.applied(stream, at);
        }

        /**
         * Counts several messages with one update for each stream. Call it first in the transaction, and apply only the
         * messages that it returns, in their order.
         *
         * @param messages the messages, those of each stream in order and without holes, except for those {@linkplain
         *     CountedMessage#skipped skipped}
         * @return the messages that were not counted before
         * @throws IllegalArgumentException if a sequence is 0
         * @throws IllegalStateException if no transaction is open
         * @throws OutOfSequenceException if a message is not the next one, or belongs to another stream of that name;
         *     nothing is counted
         * @throws SQLException if SQLite fails; roll back
         */
        public <M extends CountedMessage> List<M> appliedAll(List<M> messages) throws SQLException {
            if (messages.size() == 1 && messages.get(0).skipped().isEmpty()) {
                M only = messages.get(0);
                return applied(only.stream(), only.at()) ? messages : List.of(); // One statement instead of four.
            }
            BatchCount.check(messages);
            Map<String, StreamProgress> before = tables.lockAndRead(BatchCount.streams(messages));
            Map<String, StreamProgress> after = new HashMap<>(before);
            List<M> counted = BatchCount.count(messages, after);
            for (Map.Entry<String, StreamProgress> entry : before.entrySet()) {
                StreamProgress now = entry.getValue();
                tables.write(entry.getKey(), now, after.getOrDefault(entry.getKey(), now));
            }
            return counted;
        }

        /**
         * Counts a message that this node has published and whose effect is in its database already. Earlier messages
         * may still be missing: the position waits for them.
         *
         * @return true if it was counted now
         * @throws IllegalArgumentException if the sequence is 0
         * @throws IllegalStateException if no transaction is open, or the stream has too many ahead ranges
         * @throws OutOfSequenceException if it belongs to another stream of that name
         * @throws SQLException if SQLite fails; roll back
         */
        public boolean published(String stream, StreamPosition at) throws SQLException {
            return tables.published(stream, at);
        }

        /**
         * Counts sequences whose messages were deleted inside the stream and are not needed. The host vouches for that.
         * Earlier messages may still be missing: the position waits for them.
         *
         * @return true if any of them was counted now
         * @throws IllegalStateException if no transaction is open, or the stream has too many ahead ranges
         * @throws SQLException if SQLite fails; roll back
         */
        public boolean skipped(String stream, SequenceRange sequences) throws SQLException {
            return tables.skipped(stream, sequences);
        }

        /** Returns the positions as this transaction sees them; requires no open transaction. */
        public Positions positions() throws SQLException {
            return tables.read().positions();
        }
    }
}

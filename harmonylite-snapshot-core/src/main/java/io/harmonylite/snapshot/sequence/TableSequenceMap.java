package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.internal.sequence.PositionTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/**
 * Positions in tables of the replica itself, {@code harmonylite_snapshot_…}, written in the host's own transactions:
 * data and position commit together or not at all, so that others' messages are applied exactly once, whatever
 * {@code synchronous} is set to.
 *
 * <p>Holds no connection and nothing in memory: a rollback needs no notice. Immutable and thread-safe.
 */
public final class TableSequenceMap implements SequenceMap {

    private TableSequenceMap() {}

    /** A map. Does no I/O: it can be created before the database or its pool is there. */
    public static TableSequenceMap create() {
        return new TableSequenceMap();
    }

    /**
     * The map as a transaction sees it.
     *
     * @param connection the host's, to the replica as {@code main}, with a transaction open or auto-commit off
     */
    public InTransaction in(Connection connection) {
        return new InTransaction(new PositionTables(Objects.requireNonNull(connection, "connection")));
    }

    /** Does nothing: there is nothing to give back. */
    @Override
    public void close() {}

    /**
     * Counts in one transaction of the host's. Durable, and visible to others, when the host commits; gone when it rolls
     * back. As thread-safe as the connection.
     */
    public static final class InTransaction {

        private final PositionTables tables;

        private InTransaction(PositionTables tables) {
            this.tables = tables;
        }

        /**
         * Counts a message, unless it was counted before. Call it first in the transaction: where the answer is false the
         * message must not be applied.
         *
         * @return whether it was counted now
         * @throws IllegalArgumentException where the sequence is 0
         * @throws IllegalStateException where no transaction is open
         * @throws OutOfSequenceException where it is not the next message, or of another stream of that name
         * @throws SQLException what SQLite says; roll back
         */
        public boolean applied(String stream, StreamPosition at) throws SQLException {
            return tables.applied(stream, at);
        }

        /**
         * Counts a message that this node has published and whose effect is in its database already. It may be ahead of
         * messages that are still to come: the position waits for them.
         *
         * @return whether it was counted now
         * @throws IllegalArgumentException where the sequence is 0
         * @throws IllegalStateException where no transaction is open, or there are too many ahead ranges
         * @throws OutOfSequenceException where it is of another stream of that name
         * @throws SQLException what SQLite says; roll back
         */
        public boolean published(String stream, StreamPosition at) throws SQLException {
            return tables.published(stream, at);
        }

        /**
         * Counts sequences that hold no message any more and need none. As {@link #published}.
         *
         * @param from first sequence, at least 1
         * @param to last sequence, not less than {@code from}
         */
        public boolean skipped(String stream, long from, long to) throws SQLException {
            return tables.skipped(stream, from, to);
        }

        /** The positions as this transaction sees them; needs none to be open. */
        public Positions positions() throws SQLException {
            return tables.read().positions();
        }
    }
}

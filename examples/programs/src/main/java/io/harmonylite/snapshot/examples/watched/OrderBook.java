package io.harmonylite.snapshot.examples.watched;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.FeedMessage;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The orders of all nodes, in a database that keeps the positions too. Thread-safe. */
final class OrderBook {

    private final DataSource pool;
    private final TableSequenceMap positions;

    OrderBook(DataSource pool, TableSequenceMap positions) {
        this.pool = pool;
        this.positions = positions;
    }

    void migrate() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY) WITHOUT ROWID");
        }
    }

    /** An order of anybody's, from the stream: row and position commit together, or not at all. */
    void apply(FeedMessage message) throws SQLException {
        try (Connection connection = begin()) {
            if (message.countIn(positions.in(connection))) {
                insert(connection, new String(message.data(), StandardCharsets.UTF_8));
            }
            connection.commit();
        }
    }

    /**
     * An order of this node's own: written, published, and counted in one transaction. Where this ends before the commit the
     * order comes back from the stream, if it got there, and is applied like all others.
     */
    void place(String id, String stream, Publisher publisher) throws Exception {
        try (Connection connection = begin()) {
            insert(connection, id);
            StreamPosition at = publisher.publish(id.getBytes(StandardCharsets.UTF_8));
            positions.in(connection).published(stream, at);
            connection.commit();
        }
    }

    private Connection begin() throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false); // The pool rolls back what is not committed when it gets the connection back.
        return connection;
    }

    private static void insert(Connection connection, String id) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO orders VALUES (?)")) {
            row.setString(1, id);
            row.executeUpdate();
        }
    }

    /** How many there are, and the first and the last. */
    String summary() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) || ' orders, ' || min(id) || ' to ' || max(id) FROM orders")) {
            return row.getString(1);
        }
    }

    long count() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM orders")) {
            return row.getLong(1);
        }
    }

    /** Publishes an order, and says where it is in the stream. */
    @FunctionalInterface
    interface Publisher {

        /** Returns when the stream has it. */
        StreamPosition publish(byte[] order) throws Exception;
    }
}

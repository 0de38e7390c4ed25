package io.harmonylite.snapshot.examples.watched;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The orders of all nodes, in a database that also has the positions. Thread-safe. */
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

    /** Applies an order from the stream. Commits row and position in one transaction. */
    void apply(StreamMessage message) throws SQLException {
        try (Connection connection = begin()) {
            if (message.countIn(positions.in(connection))) {
                insert(connection, new String(message.data(), StandardCharsets.UTF_8));
            }
            connection.commit();
        }
    }

    /**
     * Places an order of this node: writes and publishes it, and records its position, in one transaction. If this
     * fails after the publish and before the commit, the order arrives from the stream like any other.
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
        connection.setAutoCommit(false); // The pool rolls back an open transaction when the connection is returned.
        return connection;
    }

    private static void insert(Connection connection, String id) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO orders VALUES (?)")) {
            row.setString(1, id);
            row.executeUpdate();
        }
    }

    /** Returns the number of orders, the first and the last. */
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

    /** Publishes orders. */
    @FunctionalInterface
    interface Publisher {

        /** Publishes an order, and returns its position once the stream has stored it. */
        StreamPosition publish(byte[] order) throws Exception;
    }
}

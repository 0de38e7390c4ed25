package io.harmonylite.snapshot.examples.wiring;

import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The application of the host: each message of the stream becomes one row, exactly once. */
final class Orders {

    private final DataSource pool;
    private final TableSequenceMap positions;

    Orders(DataSource pool, TableSequenceMap positions) {
        this.pool = pool;
        this.positions = positions;
    }

    void migrate() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, what TEXT NOT NULL)");
        }
    }

    /** Commits row and position in one transaction. */
    void apply(StreamMessage message) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            if (message.countIn(positions.in(connection))) {
                insert(connection, new String(message.data(), StandardCharsets.UTF_8));
            }
            connection.commit();
        }
    }

    private static void insert(Connection connection, String what) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO orders (what) VALUES (?)")) {
            row.setString(1, what);
            row.executeUpdate();
        }
    }

    long count() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM orders")) {
            return row.getLong(1);
        }
    }
}

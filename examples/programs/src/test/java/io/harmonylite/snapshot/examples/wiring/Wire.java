package io.harmonylite.snapshot.examples.wiring;

import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** A stream of orders that retains only the newest ten. */
record Wire(Connection connection, String stream) implements AutoCloseable {

    static Wire create(Connection connection) throws Exception {
        String stream = "wiring-" + NUID.nextGlobal();
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(10)
                        .build());
        return new Wire(connection, stream);
    }

    void publish(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            connection.jetStream().publish(stream, "tea".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Waits until a database has this number of orders. */
    static void awaitOrders(Path database, long count) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions() // The table may still be missing.
                .until(() -> Files.exists(database) && orders(database) == count);
    }

    private static long orders(Path database) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                ResultSet row = connection.createStatement().executeQuery("SELECT count(*) FROM orders")) {
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws Exception {
        connection.jetStreamManagement().deleteStream(stream);
    }
}

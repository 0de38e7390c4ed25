package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.change.OutboxTable;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults by which HarmonyLite loses data while its server is down. Tests of other faults are in the classes of the code
 * concerned.
 */
class OriginalFaultsIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(400)).build();

    @TempDir
    Path directory;

    private Path database;

    @BeforeEach
    void createDatabase() throws SQLException {
        database = directory.resolve("orders.db");
        run(
                "CREATE TABLE orders (id TEXT PRIMARY KEY)",
                "CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL)",
                "CREATE TABLE filler (x)",
                "INSERT INTO filler WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                        + " SELECT randomblob(9000) FROM n");
    }

    private void run(String... statements) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<String> texts(String query) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    private static SnapshotListener killDuringSeal(NatsServer server) {
        return new SnapshotListener() {
            @Override
            public void stageStarted(Stage stage) {
                if (stage == Stage.SEAL) {
                    server.kill();
                }
            }
        };
    }

    private SnapshotStore storeWithFewRetries(Connection connection) throws IOException {
        return RetryingSnapshotStore.builder(NatsSnapshotStore.builder(connection, "snapshots")
                        .jetStreamOptions(QUICK)
                        .retries(new NatsRetries(Duration.ofMillis(500), Duration.ofMillis(200)))
                        .create())
                .patience(Duration.ofMillis(100))
                .build();
    }

    /** HarmonyLite deletes the old snapshot first and is left with none (fault D1). */
    @Test
    void d01_serverKilledDuringUpload_keepsOldSnapshot() throws Exception {
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection connection = server.connect();
                SnapshotStore store = storeWithFewRetries(connection)) {
            SnapshotManager.Builder builder = SnapshotManager.builder("orders", database, store);
            SnapshotInfo old = builder.build().take(Positions.of("changes", StreamPosition.at(1)));
            assertThatThrownBy(() ->
                            builder.listener(killDuringSeal(server)).build().take())
                    .isInstanceOf(StoreUnavailableException.class);
            server.start();
            SnapshotManager manager = builder.listener(SnapshotListener.none()).build();
            await(() -> manager.list().snapshots().equals(List.of(old)));
            assertThat(manager.verify(old.id(), VerifyDepth.REBUILD).problem()).isEmpty();
            SnapshotInfo taken = manager.take(Positions.of("changes", StreamPosition.at(2)));
            assertThat(manager.list().snapshots()).containsExactly(old, taken);
        }
    }

    /** Every HarmonyLite node panics, and a row marked as published was never sent (fault D30). */
    @Test
    void d30_serverDown_marksNothingPublishedAndNodeContinues() throws Exception {
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection connection = server.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("changes")
                            .subjects("changes")
                            .build());
            SnapshotManager manager = SnapshotManager.builder("orders", database, new InMemorySnapshotStore())
                    .pendingChanges(OutboxTable.appliedOnArrival("outbox"))
                    .publishTimeout(Duration.ofMillis(1))
                    .build();
            order("one");
            server.kill();
            assertThatThrownBy(() -> publishPending(connection)).isInstanceOf(IOException.class);
            order("two");
            assertThat(texts("SELECT id FROM outbox ORDER BY number")).containsExactly("one", "two");
            assertThatThrownBy(manager::take).isInstanceOf(PendingChangesException.class);
            server.start();
            await(() -> publishPending(connection));
            assertThat(texts("SELECT id FROM outbox")).isEmpty();
            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo("changes")
                            .getStreamState()
                            .getMsgCount())
                    .isGreaterThanOrEqualTo(2);
            assertThat(texts("SELECT id FROM orders ORDER BY id")).containsExactly("one", "two");
            manager.take();
        }
    }

    /** Writes a change and its outbox row in one transaction. */
    private void order(String id) throws SQLException {
        run(
                "BEGIN",
                "INSERT INTO orders VALUES ('" + id + "')",
                "INSERT INTO outbox (id) VALUES ('" + id + "')",
                "COMMIT");
    }

    /** Publishes pending rows as a host does; deletes a row after its message was acknowledged. */
    private boolean publishPending(Connection connection) throws Exception {
        for (String id : texts("SELECT id FROM outbox ORDER BY number")) {
            connection.jetStream(QUICK).publish("changes", id.getBytes(UTF_8));
            run("DELETE FROM outbox WHERE id = '" + id + "'");
        }
        return true;
    }

    /** Waits until a restarted server answers. */
    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        Exception last = new IOException("the condition stays false");
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (StoreUnavailableException | IOException e) {
                last = e;
            }
            Thread.sleep(20);
        }
        throw last;
    }
}

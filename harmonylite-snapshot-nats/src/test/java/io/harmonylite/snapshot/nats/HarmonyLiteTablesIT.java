package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.harmonylite.ChangeMessage;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteProgram;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All tables of this library in a database on which the real HarmonyLite runs: it must not publish them, and the loss of
 * them must be noticed.
 */
@Timeout(300)
class HarmonyLiteTablesIT {

    private static final String STREAM = "harmonylite-changes-c-1";
    private static final List<String> OURS = List.of(
            "__harmonylite__snapshot_ahead",
            "__harmonylite__snapshot_binding",
            "__harmonylite__snapshot_origin",
            "__harmonylite__snapshot_positions",
            "__harmonylite__snapshot_quarantine");

    private static final String OUR_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB"
            + " '__harmonylite__snapshot_*' ORDER BY name";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private NatsServer server;
    private io.nats.client.Connection nats;
    private HarmonyLiteProgram node;
    private HarmonyLiteProgram peer;
    private FileSequenceMap fileMap;

    @BeforeEach
    void startServer() throws Exception {
        assumeTrue(HarmonyLiteProgram.find().isPresent(), HarmonyLiteProgram.missing());
        server = NatsServer.start(directory.resolve("server"));
        nats = server.connect();
        node = program(1);
        peer = program(2);
        fileMap = FileSequenceMap.open(directory.resolve("orders.seq-map"));
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            fileMap.close();
            node.close();
            peer.close();
            nats.close();
            server.close();
        }
    }

    private HarmonyLiteProgram program(long number) throws Exception {
        Path files = Files.createDirectories(directory.resolve("node-" + number));
        HarmonyLiteProgram program = new HarmonyLiteProgram(files, number, server);
        execute(
                program.database(),
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT)");
        return program;
    }

    @Test
    void start_databaseWithOurTables_publishesNoneOfThemAndTheirLossIsNoticed() throws Exception {
        createOurTables();
        node.start();
        peer.start();
        assertThat(query(node.database(), "SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger'"))
                .containsExactly("orders");
        assertThat(schemaHash(1)).isEqualTo(schemaHash(2)).isNotEmpty();

        execute(
                node.database(),
                "INSERT INTO orders VALUES (1, 'new')",
                "UPDATE __harmonylite__snapshot_positions SET time = 7",
                "UPDATE __harmonylite__snapshot_ahead SET time = 7",
                "UPDATE __harmonylite__snapshot_origin SET rowid = rowid + 1",
                "INSERT INTO __harmonylite__snapshot_quarantine VALUES ('orders', x'02')",
                "DELETE FROM __harmonylite__snapshot_quarantine WHERE key = x'01'",
                "INSERT INTO orders VALUES (2, 'new')");
        Eventually.isTrue(() -> query(peer.database(), "SELECT id FROM orders").size() == 2, peer);
        assertThat(publishedTables()).containsExactly("orders", "orders");
        assertThat(query(peer.database(), OUR_TABLES)).isEmpty();
        assertThat(query(snapshotOf(node), OUR_TABLES)).isEmpty();
        assertThat(query(node.database(), OUR_TABLES)).isEqualTo(OURS);

        peer.stop();
        count(2);
        assertThat(recover(fileMap)).isEqualTo(RecoveryOutcome.UP_TO_DATE);
        assertThat(recover(TableSequenceMap.create())).isEqualTo(RecoveryOutcome.UP_TO_DATE);
        assertThat(node.run("-cleanup")).isZero();
        assertThat(query(node.database(), OUR_TABLES)).isEmpty();
        for (SequenceMap map : List.of(fileMap, TableSequenceMap.create())) {
            assertThatThrownBy(() -> recover(map)).isInstanceOf(PositionsLostException.class);
        }
    }

    /** A restore with a file map writes origin and binding. */
    private void createOurTables() throws Exception {
        try (SnapshotManager manager = manager(fileMap)) {
            manager.take();
            manager.restore(RestoreRequest.latest());
        }
        try (Connection connection = open(node.database())) {
            connection.setAutoCommit(false);
            TableSequenceMap.create().in(connection).published("another", StreamPosition.at(5));
            connection.commit();
        }
        execute(
                node.database(),
                "CREATE TABLE __harmonylite__snapshot_quarantine (name TEXT, key BLOB)",
                "INSERT INTO __harmonylite__snapshot_quarantine VALUES ('orders', x'01')");
        assertThat(query(node.database(), OUR_TABLES)).isEqualTo(OURS);
    }

    private SnapshotManager manager(SequenceMap map) {
        return SnapshotManager.builder("orders", node.database(), store)
                .sequenceMap(map)
                .build();
    }

    private String schemaHash(long number) throws Exception {
        String state = nats.keyValue("harmonylite-schema-registry")
                .get("node-" + number)
                .getValueAsString();
        return state.replaceAll(".*\"schema_hash\":\"([^\"]*)\".*", "$1");
    }

    private List<String> publishedTables() throws Exception {
        List<String> tables = new ArrayList<>();
        long last = NatsStreams.of(nats, STREAM).state(STREAM).orElseThrow().last();
        for (long sequence = 1; sequence <= last; sequence++) {
            byte[] data =
                    nats.jetStreamManagement().getMessage(STREAM, sequence).getData();
            tables.add(ChangeMessage.decode(STREAM, sequence, data).table());
        }
        return tables;
    }

    private Path snapshotOf(HarmonyLiteProgram program) throws Exception {
        program.stop();
        assertThat(program.run("-save-snapshot")).isZero();
        Path snapshot = directory.resolve("snapshot.db");
        try (OutputStream out = Files.newOutputStream(snapshot)) {
            nats.objectStore("harmonylite-changes-snapshot-store").get("snapshot.db", out);
        }
        return snapshot;
    }

    /** Counts the node's own messages in both maps, as a host does that is moved to the other kind of map. */
    private void count(long last) throws Exception {
        NatsStreams streams = NatsStreams.of(nats, STREAM);
        try (Connection connection = open(node.database())) {
            connection.setAutoCommit(false);
            for (long sequence = 1; sequence <= last; sequence++) {
                StreamPosition at = new StreamPosition(
                        sequence,
                        streams.timestampAt(STREAM, sequence).orElseThrow(),
                        streams.state(STREAM).orElseThrow().created());
                fileMap.applied(STREAM, at);
                TableSequenceMap.create().in(connection).applied(STREAM, at);
            }
            connection.commit();
        }
    }

    private RecoveryOutcome recover(SequenceMap map) {
        try (SnapshotManager manager = SnapshotManager.builder("orders", node.database(), new InMemorySnapshotStore())
                .sequenceMap(map)
                .streams(NatsStreams.of(nats, STREAM))
                .build()) {
            return manager.recover().plan().outcome();
        }
    }

    private static Connection open(Path database) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
        }
        return connection;
    }

    private static void execute(Path database, String... sql) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    private static List<String> query(Path database, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = open(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}

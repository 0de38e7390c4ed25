package io.harmonylite.snapshot.examples.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.nats.HarmonyLiteShards;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.api.ObjectMeta;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Publishes the recorded messages of a real cluster. The reader must end with the cluster's database. */
@ExtendWith(NatsExtension.class)
class HarmonyLiteReaderIT {

    private static final Path TYPES =
            Path.of("../../harmonylite-snapshot-core/src/test/resources/io/harmonylite/snapshot/harmonylite/types");
    private static final int MESSAGES = 13;
    private static final List<String> TABLES = List.of("d", "np", "ck");

    private final NatsServer server;
    private final Connection connection;
    private final String prefix = "reader-" + NUID.nextGlobal();
    private final HarmonyLiteShards shards = HarmonyLiteShards.of(1).withPrefix(prefix);

    @TempDir
    Path directory;

    private Path database;

    HarmonyLiteReaderIT(NatsServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    /** Creates the stream and the snapshot bucket of the cluster. */
    @BeforeEach
    void createCluster() throws Exception {
        database = directory.resolve("reader.db");
        String stream = shards.streams().first();
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .build());
        connection
                .objectStoreManagement()
                .create(ObjectStoreConfiguration.builder(shards.snapshotBucket())
                        .build());
        publish(1, 7);
    }

    @AfterEach
    void removeCluster() throws Exception {
        for (String name : connection.jetStreamManagement().getStreamNames()) {
            if (name.contains(prefix)) {
                connection.jetStreamManagement().deleteStream(name);
            }
        }
    }

    private void publish(int first, int last) throws Exception {
        for (int sequence = first; sequence <= last; sequence++) {
            Path file = TYPES.resolve("messages/harmonylite-changes-c-1-" + sequence + ".bin");
            connection.jetStream().publish(shards.streams().first(), Files.readAllBytes(file));
        }
    }

    private String follow() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        HarmonyLiteReader.run(
                server.url(), prefix, 1, database, new PrintStream(printed, true, StandardCharsets.UTF_8));
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void run_emptyDatabaseWithTheSchema_appliesEverythingAndContinues() throws Exception {
        try (java.sql.Connection opened = open(database);
                Statement statement = opened.createStatement()) {
            for (String table : rows(
                    TYPES.resolve("snapshot.db"),
                    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name IN ('d', 'np', 'ck')")) {
                statement.execute(table);
            }
        }
        assertThat(follow()).contains("applied 7 messages");
        publish(8, MESSAGES);
        assertThat(follow()).contains("applied 6 messages");
        assertThat(follow()).contains("applied 0 messages");
        assertEqualToCluster();
    }

    @Test
    void run_noDatabase_startsFromTheClusterSnapshot() throws Exception {
        publish(8, MESSAGES);
        byte[] snapshot = indexedSnapshot();
        String tag = HarmonyLiteTag.of(new ByteArrayInputStream(snapshot));
        ObjectMeta meta = ObjectMeta.builder("snapshot.db")
                .headers(new Headers().add(HarmonyLiteTag.HEADER, tag))
                .build();
        connection.objectStore(shards.snapshotBucket()).put(meta, new ByteArrayInputStream(snapshot));
        assertThat(follow()).contains("tag " + tag, "applied " + MESSAGES + " messages");
        assertEqualToCluster();
        assertThat(follow()).contains("applied 0 messages");
    }

    /** Returns the cluster's snapshot with an index on its table without a key: else it would be rejected. */
    private byte[] indexedSnapshot() throws Exception {
        Path copy = Files.copy(TYPES.resolve("snapshot.db"), directory.resolve("indexed.db"));
        try (java.sql.Connection opened = open(copy);
                Statement statement = opened.createStatement()) {
            statement.execute("CREATE INDEX np_by_a ON np (a)");
        }
        return Files.readAllBytes(copy);
    }

    private void assertEqualToCluster() throws Exception {
        for (String table : TABLES) {
            String all = "SELECT * FROM " + table + " ORDER BY 1, 2";
            assertThat(rows(database, all)).as(table).isNotEmpty().isEqualTo(rows(TYPES.resolve("snapshot.db"), all));
        }
    }

    /** Reads a copy of a fixture, because opening a database may create files next to it. */
    private List<String> rows(Path file, String query) throws Exception {
        Path copy = file;
        if (file.startsWith(TYPES)) {
            copy = directory.resolve("cluster-" + NUID.nextGlobal() + ".db");
            Files.copy(file, copy);
        }
        List<String> rows = new ArrayList<>();
        try (java.sql.Connection opened = open(copy);
                Statement statement = opened.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(result.getString(column));
                }
                rows.add(String.join("|", row.stream().map(String::valueOf).toList()));
            }
        }
        return rows;
    }

    private static java.sql.Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteProgram;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code handover}, and {@code recover --adopt}; if {@code HARMONYLITE} is set, also with the real program. */
@Timeout(300)
class HandoverCommandIT {

    private static final String PLAIN = "changes-1";
    private static final String COMPRESSED = "harmonylite-changes-c-1";
    private static final byte[] MAP_OF_HARMONYLITE = {(byte) 0xa0};

    @TempDir
    Path directory;

    private NatsServer server;
    private Connection connection;
    private Sample sample;
    private Path map;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.start(directory.resolve("server"));
        connection = server.connect();
        sample = Sample.create(directory);
        map = Files.write(directory.resolve("seq-map.cbor"), MAP_OF_HARMONYLITE);
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        server.close();
    }

    private Outcome handover(Path database, Path sequenceMap, String stream, String... more) {
        String[] arguments = {
            "handover",
            "--database",
            database.toString(),
            "--sequence-map",
            sequenceMap.toString(),
            "--nats",
            server.url(),
            "--stream",
            stream
        };
        return Tool.run(Tool.with(arguments, more));
    }

    private Outcome handover(String... more) {
        return handover(sample.database(), map, PLAIN, more);
    }

    private void publish(int first, int last) throws Exception {
        if (!NatsStreams.of(connection, PLAIN).state(PLAIN).isPresent()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(PLAIN)
                            .subjects(PLAIN)
                            .build());
        }
        for (int id = first; id <= last; id++) {
            connection.jetStream().publish(PLAIN, insert(id));
        }
    }

    /** Returns an uncompressed change message of HarmonyLite. */
    private static byte[] insert(int id) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CBORGenerator cbor = new CBORFactory().createGenerator(bytes)) {
            cbor.writeStartObject(null, 2);
            cbor.writeNumberField("FromNodeId", 9);
            cbor.writeFieldName("Payload");
            cbor.writeStartObject(null, 4);
            cbor.writeNumberField("Id", id);
            cbor.writeStringField("Type", "insert");
            cbor.writeStringField("TableName", "orders");
            cbor.writeFieldName("Row");
            cbor.writeStartObject(null, 2);
            cbor.writeNumberField("id", id);
            cbor.writeStringField("what", "order " + id);
            cbor.writeEndObject();
            cbor.writeEndObject();
            cbor.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private String orders() throws Exception {
        return Sample.value(sample.database(), "SELECT count(*) FROM orders");
    }

    /** In the original, 597 of 600 such messages were lost when the node was started again. */
    @Test
    void d04_pendingChangesAndWaitingMessages_isStatus6UntilCaughtUp() throws Exception {
        publish(101, 130);
        sample.order("pending");
        Outcome rejected = handover();
        assertThat(rejected.status()).isEqualTo(6);
        assertThat(rejected.err()).contains("pending changes: 1, messages to apply: 30", "--catch-up");
        assertThat(map).as("nothing was changed").hasBinaryContent(MAP_OF_HARMONYLITE);
        assertThat(orders()).isEqualTo("4");

        JsonNode document = handover("--catch-up", "--json").json();
        assertThat(document.get("pendingChanges").intValue()).isEqualTo(1);
        assertThat(document.at("/positions/" + PLAIN + "/sequence").intValue()).isEqualTo(30);
        assertThat(orders()).isEqualTo("34");
        assertThat(handover().succeeded().out()).contains("can be started", "1 change, which HarmonyLite publishes");
    }

    /** In the original, an emptied stream makes a node restore an older snapshot of its own. */
    @Test
    void d09_streamEmptied_isStatus6UntilAMessageIsApplied() throws Exception {
        publish(101, 103);
        handover("--catch-up").succeeded();
        connection.jetStreamManagement().purgeStream(PLAIN);
        for (String option : new String[] {"--json", "--catch-up"}) {
            Outcome rejected = handover(option);
            assertThat(rejected.status()).isEqualTo(6);
            assertThat(rejected.err()).contains("position of " + PLAIN + " is 3, and its first message is 4");
        }
        publish(104, 104);
        handover("--catch-up").succeeded();
        assertThat(orders()).isEqualTo("7");
    }

    /** The triggers of HarmonyLite read a virtual table, which SQLite refuses if the schema is not trusted. */
    @Test
    void handover_databaseWithTheTriggersOfHarmonyLite_isCaughtUp() throws Exception {
        publish(101, 102);
        sample.sql("CREATE TRIGGER __harmonylite__orders_change_log_on_insert AFTER INSERT ON orders"
                + " WHEN (SELECT count(*) FROM pragma_function_list WHERE name = 'harmonylite_version') < 1"
                + " BEGIN DELETE FROM orders; END");
        handover("--catch-up").succeeded();
        assertThat(orders()).isEqualTo("5");
    }

    @Test
    void handover_messageThatCannotBeApplied_isStatus6AndKeepsThePosition() throws Exception {
        publish(101, 102);
        connection.jetStream().publish(PLAIN, new byte[] {1});
        Outcome rejected = handover("--catch-up");
        assertThat(rejected.status()).isEqualTo(6);
        assertThat(rejected.err()).contains(PLAIN, "3");
        assertThat(FileSequenceMap.read(map).positions().of(PLAIN).orElseThrow().sequence())
                .isEqualTo(2);
    }

    @Test
    void handover_mapOrDatabaseMissing_isStatus3() throws Exception {
        publish(101, 101);
        assertThat(handover(sample.database(), directory.resolve("none"), PLAIN).status())
                .isEqualTo(3);
        assertThat(handover(directory.resolve("none.db"), map, PLAIN).status()).isEqualTo(3);
        assertThat(directory.resolve("none.db")).doesNotExist();
    }

    @Test
    void recover_adoptCatchUp_appliesTheMessages() throws Exception {
        publish(101, 105);
        sample.order("pending");
        Outcome done =
                recover(sample.database(), map, PLAIN, "--adopt", "--catch-up").succeeded();
        assertThat(done.out()).contains("Done: replay", "HarmonyLite can be started", PLAIN + "=5");
        assertThat(orders()).isEqualTo("9");
    }

    /** HarmonyLite rewrites the map in place, also if it becomes longer, and never truncates it. */
    @Test
    void recover_adoptAgainAfterHarmonyLiteHasCounted_keepsThePositions() throws Exception {
        publish(101, 120);
        handover("--catch-up").succeeded();
        publish(121, 350);
        for (int id = 121; id <= 350; id++) {
            sample.sql("INSERT INTO orders VALUES (" + id + ", 'order " + id + "')");
        }
        try (RandomAccessFile file = new RandomAccessFile(map.toFile(), "rw")) {
            file.write(mapOfHarmonyLite(250));
        }
        assertThat(Tool.run(sample.onDatabase("take", "--sequence-map", map.toString()))
                        .succeeded()
                        .out())
                .contains(PLAIN + "=250");
        Outcome adopted = recover(sample.database(), map, PLAIN, "--adopt").succeeded();
        assertThat(adopted.out()).contains("up-to-date", PLAIN + "=250");
    }

    private static byte[] mapOfHarmonyLite(int sequence) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CBORGenerator cbor = new CBORFactory().createGenerator(bytes)) {
            cbor.writeStartObject(null, 1);
            cbor.writeNumberField(PLAIN, sequence);
            cbor.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private Outcome recover(Path database, Path sequenceMap, String stream, String... more) throws Exception {
        String[] arguments = {
            "recover",
            "--name",
            "orders",
            "--store",
            "file:" + Files.createDirectories(directory.resolve("backup")),
            "--database",
            database.toString(),
            "--sequence-map",
            sequenceMap.toString(),
            "--nats",
            server.url(),
            "--stream",
            stream
        };
        return Tool.run(Tool.with(arguments, more));
    }

    /** The program by itself loses nearly all messages that arrived while it had stopped. */
    @Test
    void d04_realProgramStoppedWhileMessagesArrived_losesNoneAfterACatchUp() throws Exception {
        try (HarmonyLiteProgram node = program(1);
                HarmonyLiteProgram peer = program(2)) {
            node.start();
            peer.start();
            insert(node, 1, 10);
            await().atMost(Duration.ofMinutes(1)).until(() -> count(peer) == 10);
            awaitPublished(node, 10);
            node.stop();
            insert(peer, 2001, 2600);
            awaitPublished(peer, 610);
            insert(node, 6001, 6005);

            Outcome rejected = recover(node.database(), node.sequenceMap(), COMPRESSED, "--adopt");
            assertThat(rejected.status()).isEqualTo(6);
            assertThat(rejected.out()).contains("pending changes: 5, messages to apply: 600");
            assertThat(handover(node.database(), node.sequenceMap(), COMPRESSED).status())
                    .isEqualTo(6);
            recover(node.database(), node.sequenceMap(), COMPRESSED, "--adopt", "--catch-up")
                    .succeeded();
            node.start();
            await().atMost(Duration.ofMinutes(1)).until(() -> count(node) == 615 && count(peer) == 615);
        }
    }

    /** The program restores its own snapshot, which lacks 136 rows, over the recovered database. */
    @Test
    void d09_realProgramBesideAnEmptiedStream_isNotStartedBeforeTheNextMessage() throws Exception {
        try (HarmonyLiteProgram node = program(1);
                HarmonyLiteProgram peer = program(2)) {
            node.start();
            peer.start();
            insert(node, 1, 64);
            awaitPublished(node, 64);
            await().atMost(Duration.ofMinutes(1)).until(() -> count(peer) == 64);
            node.stop();
            assertThat(node.run("-save-snapshot")).isZero();
            insert(peer, 65, 200);
            awaitPublished(peer, 200);
            Tool.run(
                            "take",
                            "--name",
                            "orders",
                            "--store",
                            "file:" + directory.resolve("backup"),
                            "--database",
                            peer.database().toString(),
                            "--sequence-map",
                            peer.sequenceMap().toString())
                    .succeeded();
            connection.jetStreamManagement().purgeStream(COMPRESSED);
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(Path.of(node.database() + suffix));
            }
            Files.delete(node.sequenceMap());

            Outcome recovered =
                    recover(node.database(), node.sequenceMap(), COMPRESSED).succeeded();
            assertThat(recovered.out())
                    .contains("restored", "HarmonyLite must not be started", "is 200, and its first");
            assertThat(count(node)).isEqualTo(200);
            assertThat(handover(node.database(), node.sequenceMap(), COMPRESSED).status())
                    .isEqualTo(6);
            insert(peer, 201, 201);
            awaitPublished(peer, 201);
            handover(node.database(), node.sequenceMap(), COMPRESSED, "--catch-up")
                    .succeeded();
            node.start();
            insert(node, 202, 202);
            await().atMost(Duration.ofMinutes(1)).until(() -> count(node) == 202 && count(peer) == 202);
            assertThat(node.toString()).doesNotContain("Restore complete");
        }
    }

    private HarmonyLiteProgram program(long number) throws Exception {
        assumeTrue(HarmonyLiteProgram.find().isPresent(), HarmonyLiteProgram.missing());
        HarmonyLiteProgram program =
                new HarmonyLiteProgram(Files.createDirectories(directory.resolve("node-" + number)), number, server);
        execute(program, "PRAGMA journal_mode = WAL", "CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)");
        return program;
    }

    private static void insert(HarmonyLiteProgram node, int first, int last) throws Exception {
        String[] inserts = IntStream.rangeClosed(first, last)
                .mapToObj(id -> "INSERT INTO orders VALUES (" + id + ", 'order " + id + "')")
                .toArray(String[]::new);
        execute(node, inserts);
    }

    private static void execute(HarmonyLiteProgram node, String... statements) throws Exception {
        try (java.sql.Connection database = open(node);
                java.sql.Statement statement = database.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static java.sql.Connection open(HarmonyLiteProgram node) throws Exception {
        return java.sql.DriverManager.getConnection("jdbc:sqlite:" + node.database() + "?busy_timeout=30000");
    }

    private static int count(HarmonyLiteProgram node) throws Exception {
        return Integer.parseInt(Sample.value(node.database(), "SELECT count(*) FROM orders"));
    }

    /** Waits until the stream has a number of messages and the node has counted them. */
    private void awaitPublished(HarmonyLiteProgram node, long last) {
        NatsStreams streams = NatsStreams.of(connection, COMPRESSED);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> streams.state(COMPRESSED).map(StreamState::last).orElse(0L) == last
                        && FileSequenceMap.read(node.sequenceMap()).positions().of(COMPRESSED).stream()
                                .anyMatch(at -> at.sequence() == last));
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code recover}. */
@ExtendWith(NatsExtension.class)
class RecoverCommandIT {

    private final NatsServer server;
    private final Connection connection;
    private final String stream = "recover-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    private Sample sample;
    private Path map;

    RecoverCommandIT(NatsServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    @BeforeEach
    void createDatabaseAndStream() throws Exception {
        sample = Sample.create(directory);
        Files.createDirectory(sample.store());
        map = directory.resolve("orders.seq-map");
        createStream();
        publish(5);
    }

    @AfterEach
    void deleteStream() throws Exception {
        connection.jetStreamManagement().deleteStream(stream);
    }

    @Test
    void recover_upToDate_isDone() throws Exception {
        apply(5);
        JsonNode document = recover("--json").json();
        assertThat(document.get("outcome").asText()).isEqualTo("up-to-date");
        assertThat(document.get("positions").get(stream).get("sequence").asLong())
                .isEqualTo(5);
    }

    @Test
    void recover_mapThatNothingBindsToTheDatabase_stopsUnlessAccepted() throws Exception {
        count(5);
        assertStopsWith(6, "positions-lost");
        assertThat(recover("--accept-unbound-map").succeeded().out()).contains("up-to-date");
        assertThat(recover().succeeded().out()).contains("up-to-date");
    }

    @Test
    void recover_databaseLostAndMessagesGone_restores() throws Exception {
        apply(5);
        take();
        publish(10);
        sample.lose();
        JsonNode dry = recover("--dry-run", "--json").json();
        assertThat(dry.get("outcome").asText()).isEqualTo("restore");
        assertThat(sample.database()).doesNotExist();
        Outcome done = recover().succeeded();
        assertThat(done.out()).contains("restore").contains(stream + "=5").containsPattern("fetched    [0-9.]+ ");
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                .isEqualTo("3");
    }

    /** In the original, changes that a node has not published are lost (fault D8). */
    @Test
    void d08_changesThatHarmonyLiteHasNotPublished_areCarriedOver() throws Exception {
        apply(5);
        take();
        sample.order("pending");
        publish(10);
        Files.delete(map);
        assertThat(recover("--replace-existing-rows", "--replace-damaged")
                        .succeeded()
                        .out())
                .contains("restored");
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders WHERE what = 'pending'"))
                .isEqualTo("1");
    }

    @Test
    void recover_gap_stops() throws Exception {
        apply(5);
        publish(40);
        assertStopsWith(6, "gap");
    }

    @Test
    void recover_messageDeletedInside_stopsUnlessDeletedMessagesAreAllowed() throws Exception {
        apply(3);
        publish(4);
        connection.jetStreamManagement().deleteMessage(stream, 5);
        assertStopsWith(6, "gap");
        assertThat(recover("--allow-deleted-messages").succeeded().out()).contains("replay");
    }

    @Test
    void recover_firstSequence_isOfAFollowedStream() throws Exception {
        apply(3);
        recover("--first-sequence", stream + "=1").succeeded();
        assertThat(recover("--first-sequence", "another=5").err()).contains("--first-sequence", "another");
        assertThat(recover("--first-sequence", stream + "=0").err()).contains("must be at least 1");
    }

    @Test
    void recover_streamCreatedAgain_stopsUntilOnResetIsGiven() throws Exception {
        apply(5);
        connection.jetStreamManagement().deleteStream(stream);
        createStream();
        publish(2);
        assertStopsWith(6, "stream-reset");
        assertThat(recover("--on-reset", "2").succeeded().out()).contains(stream + "=2");
    }

    @Test
    void recover_positionsLost_stopsUnlessRowsMayBeReplaced() throws Exception {
        assertStopsWith(6, "positions-lost");
        assertThat(recover("--replace-existing-rows", "--dry-run").succeeded().out())
                .contains("replay");
    }

    @Test
    void recover_databaseDamaged_stops() throws Exception {
        Files.writeString(sample.database(), "this is not a database, and is long enough to be read as one".repeat(40));
        assertStopsWith(4, "database-damaged");
    }

    @Test
    void recover_harmonyLiteMap_isAdoptedOnlyOnRequest() throws Exception {
        byte[] theirs = {(byte) 0xa0};
        Files.write(map, theirs);
        assertThat(recover().status()).isEqualTo(2);
        Outcome dry = recover("--adopt", "--dry-run");
        assertThat(dry.status()).isEqualTo(6);
        assertThat(dry.out()).contains("messages to apply: 5");
        assertThat(map).hasBinaryContent(theirs);
        Outcome done = recover("--adopt", "--json");
        assertThat(done.status()).isEqualTo(6);
        JsonNode document = Tool.json(done.out());
        assertThat(document.get("outcome").textValue()).isEqualTo("replay");
        assertThat(document.get("handover").get("problem").textValue())
                .contains("pending changes: 0, messages to apply: 5", "--catch-up");
        assertThat(FileSequenceMap.read(map).positions().of(stream)).isPresent();
    }

    @Test
    void recover_streamMissing_isStatus2() {
        Outcome outcome = Tool.run(arguments("no-such-stream"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("no-such-stream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://host", "nats://host/bucket", "nonsense", "nats://u:hunter2@host/x"})
    void recover_invalidUrl_isStatus2(String url) {
        String[] wrong = arguments(stream);
        for (int i = 0; i < wrong.length; i++) {
            wrong[i] = wrong[i].equals(server.url()) ? url : wrong[i];
        }
        Outcome outcome = Tool.run(wrong);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).doesNotContain("hunter2");
    }

    @Test
    void recover_invalidStreamName_isStatus2() {
        assertThat(Tool.run(arguments("a.b")).status()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "maybe", ""})
    void recover_invalidDecision_isStatus2(String decision) {
        assertThat(recover("--on-reset", decision).status()).isEqualTo(2);
    }

    /** Checks that a recovery, dry or real, stops with this status and leaves the database unchanged. */
    private void assertStopsWith(int status, String outcome) throws Exception {
        byte[] database = Files.readAllBytes(sample.database());
        Outcome dry = recover("--dry-run", "--json");
        assertThat(dry.status()).isEqualTo(status);
        assertThat(Tool.json(dry.out()).get("outcome").asText()).isEqualTo(outcome);
        Outcome done = recover("--json");
        assertThat(done.status()).isEqualTo(status);
        assertThat(Tool.json(done.out()).get("error").get("status").asInt()).isEqualTo(status);
        assertThat(sample.database()).hasBinaryContent(database);
    }

    private Outcome recover(String... more) {
        return Tool.run(Tool.with(arguments(stream), more));
    }

    private String[] arguments(String followed) {
        return new String[] {
            "recover",
            "--name",
            "orders",
            "--store",
            sample.storeUri(),
            "--database",
            sample.database().toString(),
            "--sequence-map",
            map.toString(),
            "--nats",
            server.url(),
            "--stream",
            followed
        };
    }

    private void createStream() throws Exception {
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(10)
                        .build());
    }

    private void publish(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            connection.jetStream().publish(stream, new byte[] {1});
        }
    }

    /** Counts messages as applied, and says that the map belongs to the database. */
    private void apply(long last) throws Exception {
        count(last);
        recover("--accept-unbound-map").succeeded();
    }

    private void count(long last) throws Exception {
        NatsStreams streams = NatsStreams.of(connection, stream);
        try (FileSequenceMap positions = FileSequenceMap.open(map)) {
            for (long sequence = 1; sequence <= last; sequence++) {
                positions.applied(
                        stream,
                        new StreamPosition(
                                sequence,
                                streams.timestampAt(stream, sequence).orElseThrow(),
                                streams.state(stream).orElseThrow().created()));
            }
        }
    }

    private void take() throws Exception {
        try (FileSequenceMap positions = FileSequenceMap.open(map);
                FileSystemSnapshotStore opened = FileSystemSnapshotStore.create(sample.store());
                SnapshotManager manager = SnapshotManager.builder("orders", sample.database(), opened)
                        .sequenceMap(positions)
                        .streams(NatsStreams.of(connection, stream))
                        .build()) {
            manager.take();
        }
    }
}

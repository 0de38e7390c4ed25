package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code trim}, and {@code health} of streams: 20 messages, snapshots at 9 and 15. */
@ExtendWith(NatsExtension.class)
class TrimCommandIT {

    private final NatsServer server;
    private final Connection connection;
    private final String stream = "trim-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    private Sample sample;

    TrimCommandIT(NatsServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    @BeforeEach
    void createDatabaseAndStream() throws Exception {
        sample = Sample.create(directory);
        Files.createDirectory(sample.store());
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(40)
                        .build());
        for (int i = 0; i < 20; i++) {
            connection.jetStream().publish(stream, new byte[] {1});
        }
        takeAt(9);
        takeAt(15);
    }

    @AfterEach
    void deleteStream() throws Exception {
        connection.jetStreamManagement().deleteStream(stream);
    }

    private void takeAt(long sequence) throws Exception {
        NatsStreams streams = NatsStreams.of(connection, stream);
        StreamPosition position = new StreamPosition(
                sequence,
                streams.timestampAt(stream, sequence).orElseThrow(),
                streams.state(stream).orElseThrow().created());
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(sample.store());
                SnapshotManager manager = SnapshotManager.builder("orders", sample.database(), store)
                        .build()) {
            manager.take(Positions.of(stream, position));
        }
    }

    private void prove() {
        Tool.run(sample.command("verify", "--all", "--deep", "--prove")).succeeded();
    }

    private Outcome onStream(String command, String... more) {
        return Tool.run(Tool.with(sample.command(command, "--nats", server.url(), "--stream", stream), more));
    }

    private JsonNode trim(String... more) {
        String[] margins = {"--margin", "2", "--keep-younger-than", "0s", "--json"};
        return onStream("trim", Tool.with(margins, more)).json();
    }

    private long first() throws Exception {
        return NatsStreams.of(connection, stream).state(stream).orElseThrow().first();
    }

    @Test
    void trim_twoProven_removesWhatBothCoverAndNamesTheBound() throws Exception {
        JsonNode early = trim();
        assertThat(early.at("/streams/0/bound").asText()).isEqualTo("not-proven");
        assertThat(first()).isEqualTo(1);
        prove();
        JsonNode dry = trim("--dry-run");
        assertThat(dry.get("dryRun").asBoolean()).isTrue();
        assertThat(dry.at("/streams/0/keptFrom").asLong()).isEqualTo(9);
        assertThat(first()).isEqualTo(1);
        JsonNode behind = trim("--applied", stream + "=4");
        assertThat(behind.at("/streams/0/bound").asText()).isEqualTo("members");
        assertThat(first()).isEqualTo(4);
        JsonNode done = trim();
        assertThat(done.get("removed").asLong()).isEqualTo(5);
        assertThat(done.get("snapshots")).hasSize(2);
        assertThat(first()).isEqualTo(9);
        assertThat(onStream("trim").succeeded().out()).contains(stream + ": 0 messages removed, first kept 9");
    }

    @Test
    void trim_invalidOptions_areRejected() {
        assertThat(onStream("trim", "--margin", "-1").status()).isEqualTo(2);
        assertThat(onStream("trim", "--applied", "nonsense").status()).isEqualTo(2);
        assertThat(Tool.run(sample.command("trim")).status()).isEqualTo(2);
    }

    @Test
    void report_streams_showsHowFarTheyReachBehindTheLatestSnapshot() throws Exception {
        Path page = directory.resolve("page.html");
        onStream("report", "--html", page.toString()).succeeded();
        assertThat(page)
                .content()
                .contains("<h3>" + stream + "</h3>", "width:75%", "width:25%")
                .contains("Reaches 15 messages behind the latest snapshot, and 5 after it. ")
                .contains("Headroom <b class=\"ok\">88%</b>, limit 25%. Lag 0.");
        PurgeOptions gap = PurgeOptions.builder().sequence(18).build();
        connection.jetStreamManagement().purgeStream(stream, gap);
        onStream("report", "--html", page.toString()).succeeded();
        assertThat(page)
                .content()
                .contains("Gap: messages 16 to 17 are neither in the stream nor in the latest snapshot.")
                .contains("Headroom <b class=\"stale\">0%</b>");
        assertThat(onStream("report", "--json")
                        .json()
                        .at("/health/streams/0/saved")
                        .asLong())
                .isEqualTo(15);
    }

    @Test
    void health_variablesNameTheStreams_reportsThem() {
        Map<String, String> environment = Map.of("SNAPSHOT_NATS", server.url(), "SNAPSHOT_STREAM", stream + ",none");
        Outcome outcome = Tool.run(environment, sample.command("health"));
        assertThat(outcome.status()).isEqualTo(5);
        assertThat(outcome.out()).contains(stream + "  messages 1 to 20", "stream none does not exist");
    }

    @Test
    void health_streams_reportsHeadroomAndMissingStreams() {
        prove();
        JsonNode well = onStream("health", "--json").json();
        assertThat(well.get("state").asText()).isEqualTo("ok");
        assertThat(well.at("/streams/0/headroom").asDouble()).isEqualTo(0.875);
        assertThat(well.at("/streams/0/last").asLong()).isEqualTo(20);
        Outcome tight = onStream("health", "--json", "--min-headroom", "0.9");
        assertThat(tight.status()).isEqualTo(1);
        assertThat(tight.json().at("/reasons/0/cause").asText()).isEqualTo("headroom-low");
        Outcome missing = onStream("health", "--stream", "no-such-stream");
        assertThat(missing.status()).isEqualTo(5);
        assertThat(missing.out()).contains("no-such-stream");
    }
}

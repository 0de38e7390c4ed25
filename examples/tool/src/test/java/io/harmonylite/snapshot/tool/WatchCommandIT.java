package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.sequence.Durability;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.NUID;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code watch} next to a node that writes. */
@ExtendWith(NatsExtension.class)
class WatchCommandIT {

    private static final Path JAR = Path.of("target", "snapshot-tool.jar").toAbsolutePath();

    private final NatsServer server;
    private final io.nats.client.Connection nats;
    private final String stream = "watch-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    private Sample sample;

    WatchCommandIT(NatsServer server, io.nats.client.Connection nats) {
        this.server = server;
        this.nats = nats;
    }

    @BeforeEach
    void createDatabaseAndStream() throws Exception {
        sample = Sample.create(directory);
        nats.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(20_000)
                        .build());
    }

    @AfterEach
    void deleteStream() throws Exception {
        nats.jetStreamManagement().deleteStream(stream);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--every-messages 0",
                "--every PT0S",
                "--headroom 1.5",
                "--every 6h --keep-last 0",
                "--every 6h --check-every PT0S"
            })
    void watch_wrongInput_createsNothing(String options) {
        Outcome outcome = Tool.run(arguments(options.isEmpty() ? new String[0] : options.split(" ", -1)));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void watch_databaseMapOrStreamMissing_isAnErrorAndCreatesNothing() throws Exception {
        String map = directory.resolve("none").toString();
        assertThat(Tool.run(arguments("--every", "6h", "--sequence-map", map)).status())
                .isEqualTo(3);
        Outcome noStream = Tool.run(arguments("--every", "6h", "--stream", "no-such-stream"));
        assertThat(noStream.status()).isEqualTo(3);
        assertThat(noStream.err()).contains("no-such-stream");
        sample.lose();
        assertThat(Tool.run(arguments("--every", "6h")).status()).isEqualTo(3);
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void watch_terminated_shutsDownAndANewNodeMissesNothing() throws Exception {
        watchUnderLoad(Duration.ofSeconds(2), "TERM");
    }

    @Test
    @Tag("slow")
    void watch_aMinuteUnderLoad_shutsDownAndANewNodeMissesNothing() throws Exception {
        watchUnderLoad(Duration.ofMinutes(1), "INT");
    }

    @Test
    void watch_sequenceMapOfARunningNode_isFollowedAndUnchanged() throws Exception {
        Path file = directory.resolve("orders.seq-map");
        try (FileSequenceMap map =
                FileSequenceMap.builder(file).durability(Durability.EVERY_APPLY).open()) {
            count(map);
            FutureTask<Outcome> watch = new FutureTask<>(() -> Tool.run(arguments(
                    "--every-messages", "5", "--check-every", "PT0.2S", "--json", "--sequence-map", file.toString())));
            Thread thread = new Thread(watch);
            thread.start();
            for (int i = 0; i < 12; i++) {
                count(map);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> !manifests().isEmpty());
            thread.interrupt();
            assertThat(watch.get().status()).isZero();
            List<JsonNode> events = watch.get().out().lines().map(Tool::json).toList();
            assertThat(events.get(0).get("does").asText()).contains(stream, "every 5 messages");
            assertThat(events.get(events.size() - 1).get("taken")).isNotEmpty();
            assertThat(map.positions().of(stream).orElseThrow().sequence()).isEqualTo(13);
        }
    }

    private void count(FileSequenceMap map) throws Exception {
        sample.sql("INSERT INTO orders (what) VALUES ('soup')");
        map.applied(stream, StreamPosition.at(publish()));
    }

    private void watchUnderLoad(Duration time, String signal) throws Exception {
        apply();
        Path stderr = directory.resolve("stderr");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments("--every-messages", "20", "--check-every", "PT0.2S", "--keep-last", "3")));
        Process watch = new ProcessBuilder(command)
                .redirectError(stderr.toFile())
                .redirectOutput(directory.resolve("stdout").toFile())
                .start();
        try {
            Instant end = Instant.now().plus(time);
            while (Instant.now().isBefore(end) || manifests().size() < 2) {
                assertThat(watch.isAlive()).as(() -> read(stderr)).isTrue();
                assertThat(Instant.now()).as(() -> read(stderr)).isBefore(end.plusSeconds(120));
                apply();
            }
            assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(watch.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            assertThat(watch.waitFor()).as(() -> read(stderr)).isZero();
        } finally {
            watch.destroyForcibly().waitFor();
        }
        assertThat(read(directory.resolve("stdout"))).contains("Watched orders: ");
        assertThat(read(stderr)).contains("take done");
        restoreAndCompare();
    }

    /** Checks that the stream still has every message that the newest snapshot lacks. */
    private void restoreAndCompare() throws Exception {
        Path fresh = directory.resolve("fresh.db");
        Tool.run(sample.command("restore", "--database", fresh.toString())).succeeded();
        long position = Long.parseLong(Sample.value(fresh, "SELECT count(*) FROM orders WHERE what GLOB '0*'"));
        long first = nats.jetStreamManagement()
                .getStreamInfo(stream)
                .getStreamState()
                .getFirstSequence();
        assertThat(first).isLessThanOrEqualTo(position + 1);
        assertThat(Sample.value(fresh, "SELECT max(what) FROM orders WHERE what GLOB '0*'"))
                .isEqualTo(text(position));
    }

    private List<Path> manifests() throws IOException {
        Path manifests = sample.store().resolve("orders").resolve("manifests");
        if (!Files.isDirectory(manifests)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(manifests)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long publish() throws Exception {
        return nats.jetStream().publish(stream, new byte[] {1}).getSeqno();
    }

    /** Applies a message as a node does: row and position in one transaction. */
    private void apply() throws Exception {
        long sequence = publish();
        try (Connection connection = sample.open()) {
            setUp(connection);
            connection.setAutoCommit(false);
            TableSequenceMap.create().in(connection).applied(stream, StreamPosition.at(sequence));
            try (Statement row = connection.createStatement()) {
                row.execute("INSERT INTO orders (what) VALUES ('" + text(sequence) + "')");
            }
            connection.commit();
        }
    }

    private static void setUp(Connection connection) throws SQLException {
        try (Statement pragma = connection.createStatement()) {
            pragma.execute("PRAGMA busy_timeout = 60000");
        }
    }

    private static String text(long sequence) {
        return String.format(Locale.ROOT, "%09d", sequence);
    }

    private String[] arguments(String... more) {
        return Tool.with(sample.onDatabase("watch", "--nats", server.url(), "--stream", stream), more);
    }
}

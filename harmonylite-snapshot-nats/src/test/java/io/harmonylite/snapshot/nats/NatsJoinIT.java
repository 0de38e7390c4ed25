package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.NUID;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/**
 * A node joins full streams by a snapshot that holds no message at all, so that every row that the streams held at the
 * join must come from the spool, and every later one from the streams.
 */
@ExtendWith(NatsExtension.class)
@Timeout(120)
class NatsJoinIT {

    private static final int KEPT = 20;

    private final io.nats.client.Connection connection;
    private final String prefix = "join-" + NUID.nextGlobal();
    private final List<String> names = List.of(prefix + "-1", prefix + "-2");
    private final SQLiteDataSource replica = new SQLiteDataSource();
    private final TableSequenceMap map = TableSequenceMap.create();
    private NatsStreams streams;

    @TempDir
    Path directory;

    NatsJoinIT(io.nats.client.Connection connection) {
        this.connection = connection;
    }

    @BeforeEach
    void fillStreams() throws Exception {
        for (String name : names) {
            EmptyStreams.create(connection, name, KEPT);
            publish(name, 100);
        }
        streams = NatsStreams.of(connection, names);
        replica.setUrl("jdbc:sqlite:" + directory.resolve("replica.db"));
        replica.setJournalMode("WAL");
        replica.setBusyTimeout(30_000);
    }

    @AfterEach
    void deleteStreams() throws Exception {
        for (String name : names) {
            connection.jetStreamManagement().deleteStream(name);
        }
    }

    private void publish(String stream, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            connection.jetStream().publish(stream, new byte[] {1});
        }
    }

    /** A snapshot without rows that was stored long after the messages of the streams. */
    private HarmonyLiteSnapshotSource snapshot() throws Exception {
        Path file = directory.resolve("snapshot.db");
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            statement.execute("CREATE TABLE applied (stream TEXT, sequence INT, PRIMARY KEY (stream, sequence))");
        }
        byte[] content = Files.readAllBytes(file);
        HarmonyLiteSnapshot described = new HarmonyLiteSnapshot(
                "memory",
                content.length,
                Optional.empty(),
                Optional.of(Instant.now().plus(Duration.ofHours(1))));
        return new HarmonyLiteSnapshotSource() {
            @Override
            public Optional<HarmonyLiteSnapshot> find() {
                return Optional.of(described);
            }

            @Override
            public Opened open() {
                return new Opened(described, new ByteArrayInputStream(content));
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void spool_streamsDropEverythingBeforeTheFeedStarts_isAppliedFirstThenReleased(boolean merged) throws Exception {
        try (SnapshotManager manager = SnapshotManager.builder(
                        "orders", directory.resolve("replica.db"), new InMemorySnapshotStore())
                .sequenceMap(map)
                .streams(streams)
                .build()) {
            RecoveryReport report = manager.recover(RecoveryOptions.defaults().harmonyLiteSnapshot(snapshot()));
            MessageSpool spool = report.spool().orElseThrow();
            for (int i = 0; i < 2 * KEPT; i++) {
                for (String name : names) {
                    publish(name, 1);
                    long last = 101L + i;
                    Eventually.isTrue(() -> spool.message(name, last).isPresent(), spool);
                }
            }
            NatsFeed.Builder feed = NatsFeed.builder(streams, map, replica)
                    .batchHandler(this::apply)
                    .spool(spool);
            try (NatsFeed running = (merged ? feed.mergeByTime() : feed).start()) {
                awaitCaughtUp(running);
                do { // The first message that is read from its stream ends the spool of that stream.
                    publish(names.get(0), 1);
                    publish(names.get(1), 1);
                    awaitCaughtUp(running);
                } while (!scratch().isEmpty());
                assertThat(running.end()).isEmpty();
            }
        }
        for (String name : names) {
            assertThat(sequences(name))
                    .as(name)
                    .isEqualTo(
                            IntStream.rangeClosed(81, (int) last(name)).boxed().toList());
        }
    }

    private long last(String stream) throws IOException {
        return streams.state(stream).orElseThrow().last();
    }

    private static void awaitCaughtUp(NatsFeed feed) throws Exception {
        Eventually.isTrue(
                () -> {
                    assertThat(feed.end()).isEmpty();
                    return feed.lag().values().stream().allMatch(lag -> lag == 0);
                },
                feed);
    }

    private List<Path> scratch() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().contains("scratch")).toList();
        }
    }

    private void apply(List<StreamMessage> messages) throws SQLException {
        try (Connection database = replica.getConnection();
                PreparedStatement row = database.prepareStatement("INSERT INTO applied VALUES (?, ?)")) {
            database.setAutoCommit(false);
            for (StreamMessage message : map.in(database).appliedAll(messages)) {
                row.setString(1, message.stream());
                row.setLong(2, message.at().sequence());
                row.executeUpdate();
            }
            database.commit();
        }
    }

    private List<Integer> sequences(String stream) throws SQLException {
        List<Integer> sequences = new ArrayList<>();
        try (Connection database = replica.getConnection();
                PreparedStatement query =
                        database.prepareStatement("SELECT sequence FROM applied WHERE stream = ? ORDER BY rowid")) {
            query.setString(1, stream);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    sequences.add(rows.getInt(1));
                }
            }
        }
        return sequences;
    }
}

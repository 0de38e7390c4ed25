package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteProgram;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteDataSource;

/**
 * A JVM node joins a cluster of the real HarmonyLite whose streams are full, while one node writes 100 rows a second. It
 * must end equal to a HarmonyLite node that writes nothing. {@code -Djoins=5} repeats each join.
 */
@Timeout(600)
class HarmonyLiteJoinIT {

    @TempDir
    Path directory;

    private NatsServer server;
    private io.nats.client.Connection nats;
    private HarmonyLiteProgram writer;
    private HarmonyLiteProgram reader;

    @BeforeEach
    void startServer() throws Exception {
        assumeTrue(HarmonyLiteProgram.find().isPresent(), HarmonyLiteProgram.missing());
        server = NatsServer.start(directory.resolve("server"));
        nats = server.connect();
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            writer.close();
            reader.close();
            nats.close();
            server.close();
        }
    }

    static Stream<Arguments> joins() {
        return IntStream.range(0, Integer.getInteger("joins", 1))
                .boxed()
                .flatMap(number -> Stream.of(1, 3)
                        .flatMap(shards -> Stream.of(128, 1024).map(entries -> Arguments.of(shards, entries, number))));
    }

    private HarmonyLiteProgram program(long number, int shards, int entries) throws Exception {
        Path files = Files.createDirectories(directory.resolve("node-" + number));
        HarmonyLiteProgram program = new HarmonyLiteProgram(files, number, server)
                .set("snapshot", "interval", "2000")
                .set("replication_log", "shards", Integer.toString(shards))
                .set("replication_log", "max_entries", Integer.toString(entries));
        execute(
                program.database(),
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, amount INTEGER)",
                "CREATE TABLE notes (code TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID");
        return program;
    }

    @ParameterizedTest
    @MethodSource("joins")
    void recover_fullStreamsUnderLoad_endsEqualToTheReader(int shards, int entries, int number) throws Exception {
        writer = program(1, shards, entries);
        reader = program(2, shards, entries);
        writer.start();
        reader.start();
        Load load = new Load(number * 31L + shards + entries);
        HarmonyLiteShards layout = HarmonyLiteShards.of(shards);
        NatsStreams streams = NatsStreams.of(nats, layout.streams());
        load.fill(entries * shards + 200);
        Eventually.isTrue(
                () -> {
                    load.fill(50);
                    for (String stream : streams.names()) {
                        if (streams.state(stream).orElseThrow().first() == 1) {
                            return false;
                        }
                    }
                    return true;
                },
                writer);
        load.start();
        TableSequenceMap map = TableSequenceMap.create();
        Path joined = Files.createDirectories(directory.resolve("jvm")).resolve("orders.db");
        try (SnapshotManager manager = SnapshotManager.builder("orders", joined, new InMemorySnapshotStore())
                .sequenceMap(map)
                .streams(streams)
                .build()) {
            RecoveryReport report = manager.recover(RecoveryOptions.defaults()
                    .harmonyLiteSnapshot(NatsHarmonyLiteSnapshot.of(nats, layout.snapshotBucket())));
            assertThat(report.plan()).isInstanceOf(RecoveryPlan.RestoreHarmonyLite.class);
            HarmonyLiteApplier applier = HarmonyLiteApplier.create();
            SQLiteDataSource replica = new SQLiteDataSource();
            replica.setUrl("jdbc:sqlite:" + joined);
            NatsFeed.Builder feed = NatsFeed.builder(streams, map, replica)
                    .mergeByTime()
                    .batchHandler(batch -> apply(replica, applier, batch));
            report.spool().ifPresent(feed::spool);
            try (NatsFeed running = feed.start()) {
                Thread.sleep(3000); // The load goes on while the node follows.
                load.stop();
                Eventually.isTrue(
                        () -> {
                            assertThat(running.end()).isEmpty();
                            return running.lag().values().stream().allMatch(lag -> lag == 0)
                                    && load.isIn(reader.database());
                        },
                        "the feed " + running.lag() + " " + running.end());
                for (String table : List.of("orders", "notes")) {
                    assertThat(rows(joined, table)).as(table).isEqualTo(rows(reader.database(), table));
                }
                assertThat(applier.quarantined(replica.getConnection())).isEmpty();
            }
            assertThat(manager.health().reasons())
                    .anyMatch(reason -> reason.sentence().contains("may lack messages"));
        }
    }

    private static void apply(SQLiteDataSource replica, HarmonyLiteApplier applier, List<StreamMessage> batch)
            throws SQLException {
        try (Connection connection = replica.getConnection()) {
            connection.setAutoCommit(false);
            applier.applyAll(connection, batch);
            connection.commit();
        }
    }

    /** Writes rows on the first node: inserts, updates and deletes, 100 rows a second. */
    private final class Load {

        private final Random random;
        private final AtomicBoolean running = new AtomicBoolean(true);
        private long last;
        private Thread thread;

        Load(long seed) {
            random = new Random(seed);
            System.err.println("HarmonyLiteJoinIT: seed " + seed);
        }

        void fill(int rows) throws SQLException {
            try (Connection connection = open(writer.database())) {
                connection.setAutoCommit(false);
                for (int i = 0; i < rows; i++) {
                    write(connection);
                }
                connection.commit();
            }
        }

        void start() {
            thread = new Thread(() -> {
                try (Connection connection = open(writer.database())) {
                    while (running.get()) {
                        write(connection);
                        Thread.sleep(10);
                    }
                } catch (SQLException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
        }

        void stop() throws InterruptedException, SQLException {
            running.set(false);
            thread.join();
            execute(writer.database(), "INSERT INTO notes VALUES ('end', x'')");
        }

        boolean isIn(Path database) throws SQLException {
            return rows(database, "notes").stream().anyMatch(row -> row.contains("'end'"));
        }

        private void write(Connection connection) throws SQLException {
            last++;
            long key = random.nextInt(3) == 0 ? 1 + (long) (random.nextDouble() * last) : last;
            String sql = random.nextInt(8) == 0
                    ? "DELETE FROM orders WHERE id = ?1 AND 0 < ?2"
                    : random.nextInt(4) == 0
                            ? "INSERT OR REPLACE INTO notes VALUES ('n' || ?1, CAST(?2 AS TEXT))"
                            : "INSERT OR REPLACE INTO orders VALUES (?1, 'c' || ?2, ?2)";
            try (PreparedStatement row = connection.prepareStatement(sql)) {
                row.setLong(1, key);
                row.setLong(2, last);
                row.executeUpdate();
            }
        }
    }

    private static Connection open(Path database) throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database);
        source.setBusyTimeout(30_000);
        return source.getConnection();
    }

    private static void execute(Path database, String... statements) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> rows(Path database, String table) throws SQLException {
        String columns = table.equals("orders")
                ? "quote(id) || '|' || quote(customer) || '|' || quote(amount)"
                : "quote(code) || '|' || quote(body)";
        List<String> rows = new ArrayList<>();
        try (Connection connection = open(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT " + columns + " FROM " + table + " ORDER BY 1")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }
}

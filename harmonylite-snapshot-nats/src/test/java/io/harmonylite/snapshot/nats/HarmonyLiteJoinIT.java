package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteLoad;
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
import java.sql.SQLException;
import java.util.List;
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
 * must end equal to a HarmonyLite node that writes nothing. That node makes the snapshots too: a node that writes may keep
 * an older value of its own row (fault D4), and its snapshots contain that value. {@code -Djoins=5} repeats each join.
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
        HarmonyLiteLoad.createTables(program.database());
        return program;
    }

    @ParameterizedTest
    @MethodSource("joins")
    void recover_fullStreamsUnderLoad_endsEqualToTheReader(int shards, int entries, int number) throws Exception {
        writer = program(1, shards, entries).set("snapshot", "enabled", "false");
        reader = program(2, shards, entries);
        reader.start();
        writer.start();
        HarmonyLiteLoad load = new HarmonyLiteLoad(writer.database(), number * 31L + shards + entries);
        HarmonyLiteShards layout = HarmonyLiteShards.of(shards);
        NatsStreams streams = NatsStreams.of(nats, layout.streams());
        load.fill(streams, entries * shards + 200, reader);
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
            replica.setJournalMode("WAL");
            replica.setBusyTimeout(30_000);
            replica.setUrl("jdbc:sqlite:" + joined);
            NatsFeed.Builder feed = NatsFeed.builder(streams, map, replica)
                    .mergeByTime()
                    .batchHandler(batch -> apply(replica, applier, batch));
            report.spool().ifPresent(feed::spool);
            try (NatsFeed running = feed.start()) {
                long followed = last(streams) + 300;
                Eventually.isTrue(() -> last(streams) > followed, "the load"); // It goes on while the node follows.
                load.stop();
                load.mark("end");
                Eventually.isTrue(
                        () -> {
                            assertThat(running.end()).isEmpty();
                            return HarmonyLiteLoad.isIn(reader.database(), "end")
                                    && running.lag().values().stream().allMatch(lag -> lag == 0);
                        },
                        "the feed of " + joined);
                HarmonyLiteLoad.requireEqual(joined, reader.database());
                try (Connection connection = replica.getConnection()) {
                    assertThat(applier.quarantined(connection)).isEmpty();
                }
            }
            assertThat(manager.health().reasons())
                    .anyMatch(reason -> reason.sentence().contains("may lack messages"));
        }
    }

    private static long last(NatsStreams streams) throws Exception {
        long last = 0;
        for (String stream : streams.names()) {
            last += streams.state(stream).orElseThrow().last();
        }
        return last;
    }

    private static void apply(SQLiteDataSource replica, HarmonyLiteApplier applier, List<StreamMessage> batch)
            throws SQLException {
        try (Connection connection = replica.getConnection()) {
            connection.setAutoCommit(false);
            applier.applyAll(connection, batch);
            connection.commit();
        }
    }
}

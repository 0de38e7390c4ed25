package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier;
import io.harmonylite.snapshot.nats.HarmonyLiteShards;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteLoad;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteProgram;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.s3.S3HarmonyLiteSnapshot;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteDataSource;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A JVM node joins a cluster of the real HarmonyLite that stores its snapshots in S3, while its streams are full. {@code
 * -Djoins=5} repeats each join.
 */
@Timeout(600)
class HarmonyLiteS3JoinIT {

    @RegisterExtension
    static final S3Service S3 = new S3Service();

    @TempDir
    Path directory;

    static Stream<Arguments> joins() {
        return IntStream.range(0, Integer.getInteger("joins", 1))
                .boxed()
                .flatMap(number -> Stream.of(1, 3)
                        .flatMap(shards -> Stream.of(128, 1024).map(entries -> Arguments.of(shards, entries, number))));
    }

    @ParameterizedTest
    @MethodSource("joins")
    void recover_fullStreamsUnderLoad_endsEqualToTheReader(int shards, int entries, int number) throws Exception {
        assumeTrue(HarmonyLiteProgram.find().isPresent(), HarmonyLiteProgram.missing());
        HarmonyLiteShards layout = HarmonyLiteShards.of(shards);
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                io.nats.client.Connection nats = server.connect();
                HarmonyLiteProgram writer = program(server, 1, shards, entries).set("snapshot", "enabled", "false");
                HarmonyLiteProgram reader = program(server, 2, shards, entries)) {
            reader.start();
            writer.start();
            HarmonyLiteLoad load = new HarmonyLiteLoad(writer.database(), number * 31L + shards + entries);
            NatsStreams streams = NatsStreams.of(nats, layout.streams());
            load.fill(streams, entries * shards + 200, reader);
            load.start();
            join(streams, load, reader);
        }
    }

    private HarmonyLiteProgram program(NatsServer server, long number, int shards, int entries) throws Exception {
        Path files = Files.createDirectories(directory.resolve("node-" + number));
        HarmonyLiteProgram program = new HarmonyLiteProgram(files, number, server)
                .set("snapshot", "interval", "2000")
                .set("snapshot", "store", "\"s3\"")
                .set("snapshot.s3", "endpoint", '"' + URI.create(S3.endpoint()).getAuthority() + '"')
                .set("snapshot.s3", "path", "\"cluster\"")
                .set("snapshot.s3", "use_ssl", "false")
                .set("snapshot.s3", "access_key", "\"tool\"")
                .set("snapshot.s3", "secret", '"' + S3.secretKey() + '"')
                .set("snapshot.s3", "bucket", '"' + S3Service.BUCKET + '"')
                .set("replication_log", "shards", Integer.toString(shards))
                .set("replication_log", "max_entries", Integer.toString(entries));
        HarmonyLiteLoad.createTables(program.database());
        return program;
    }

    private void join(NatsStreams streams, HarmonyLiteLoad load, HarmonyLiteProgram reader) throws Exception {
        TableSequenceMap map = TableSequenceMap.create();
        Path joined = directory.resolve("joined.db");
        SQLiteDataSource replica = new SQLiteDataSource();
        replica.setJournalMode("WAL");
        replica.setBusyTimeout(30_000);
        replica.setUrl("jdbc:sqlite:" + joined);
        HarmonyLiteApplier applier = HarmonyLiteApplier.create();
        try (S3Client client = S3Client.builder()
                        .endpointOverride(URI.create(S3.endpoint()))
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(SystemPropertyCredentialsProvider.create())
                        .build();
                SnapshotManager manager = SnapshotManager.builder(
                                "orders", joined, FileSystemSnapshotStore.create(directory.resolve("store")))
                        .sequenceMap(map)
                        .streams(streams)
                        .build()) {
            RecoveryReport report = manager.recover(RecoveryOptions.defaults()
                    .harmonyLiteSnapshot(S3HarmonyLiteSnapshot.of(client, S3Service.BUCKET, "cluster")));
            assertThat(report.plan()).isInstanceOf(RecoveryPlan.RestoreHarmonyLite.class);
            NatsFeed.Builder feed = NatsFeed.builder(streams, map, replica)
                    .mergeByTime()
                    .batchHandler(batch -> {
                        try (Connection connection = replica.getConnection()) {
                            connection.setAutoCommit(false);
                            applier.applyAll(connection, batch);
                            connection.commit();
                        }
                    });
            report.spool().ifPresent(feed::spool);
            try (NatsFeed running = feed.start()) {
                load.stop();
                load.mark("end");
                await().atMost(Duration.ofMinutes(2)).until(() -> {
                    assertThat(running.end()).isEmpty();
                    return HarmonyLiteLoad.isIn(reader.database(), "end")
                            && running.lag().values().stream().allMatch(lag -> lag == 0);
                });
                HarmonyLiteLoad.requireEqual(joined, reader.database());
            }
        }
    }
}

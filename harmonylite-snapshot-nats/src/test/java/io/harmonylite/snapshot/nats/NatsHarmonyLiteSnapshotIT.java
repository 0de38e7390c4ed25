package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource.Opened;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.harmonylite.PreviousSnapshot;
import io.harmonylite.snapshot.harmonylite.TagCheck;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectMeta;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads and writes HarmonyLite's bucket together with another NATS client. */
@ExtendWith(NatsExtension.class)
class NatsHarmonyLiteSnapshotIT {

    private static final String OBJECT = "snapshot.db";

    /** A reader requests 4 MiB of chunks ahead. */
    private static final int LARGER_THAN_READ_AHEAD = 6 << 20;

    private final Connection connection;
    private final String bucket =
            HarmonyLiteShards.of(1).withPrefix("hl-" + NUID.nextGlobal()).snapshotBucket();
    private final NatsHarmonyLiteSnapshot place;
    private ObjectStore others;

    @TempDir
    Path directory;

    NatsHarmonyLiteSnapshotIT(Connection connection) {
        this.connection = connection;
        this.place = NatsHarmonyLiteSnapshot.of(connection, bucket);
    }

    @BeforeEach
    void createBucket() throws Exception {
        connection
                .objectStoreManagement()
                .create(ObjectStoreConfiguration.builder(bucket).build());
        others = connection.objectStore(bucket);
    }

    @AfterEach
    void deleteBucket() throws Exception {
        if (connection.objectStoreManagement().getBucketNames().contains(bucket)) {
            connection.objectStoreManagement().delete(bucket);
        }
    }

    /** Stores the object with its tag in a header, as HarmonyLite does. */
    private void putAsHarmonyLite(byte[] content, String tag) throws Exception {
        ObjectMeta meta = ObjectMeta.builder(OBJECT)
                .headers(new Headers().add(HarmonyLiteTag.HEADER, tag))
                .build();
        others.put(meta, new ByteArrayInputStream(content));
    }

    private byte[] getAsHarmonyLite() throws Exception {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        others.get(OBJECT, got);
        return got.toByteArray();
    }

    private long messages() throws Exception {
        return connection
                .jetStreamManagement()
                .getStreamInfo("OBJ_" + bucket)
                .getStreamState()
                .getMsgCount();
    }

    private SnapshotManager manager(Path database) {
        return SnapshotManager.builder("node", database, new InMemorySnapshotStore())
                .build();
    }

    private HarmonyLiteRestoreReport restore(Path database) {
        try (SnapshotManager manager = manager(database)) {
            return manager.restore(HarmonyLiteRestoreRequest.of(place).acceptUnknownPositions());
        }
    }

    @Test
    void open_harmonyLiteSnapshot_returnsBytesAndTag() throws Exception {
        byte[] snapshot = HarmonyLiteFixtures.bytes("one-shard/snapshot.db");
        putAsHarmonyLite(snapshot, HarmonyLiteFixtures.ONE_SHARD_TAG);
        HarmonyLiteSnapshot found = place.find().orElseThrow();
        assertThat(found.sizeBytes()).isEqualTo(snapshot.length);
        assertThat(found.tag()).contains(HarmonyLiteFixtures.ONE_SHARD_TAG);
        assertThat(found.storedAt()).isPresent();
        assertThat(found.location()).contains(bucket);
        try (Opened opened = place.open()) {
            assertThat(opened.snapshot()).isEqualTo(found);
            assertThat(opened.content().readAllBytes()).isEqualTo(snapshot);
        }
    }

    @Test
    void restore_harmonyLiteSnapshot_isVerifiedByTag() throws Exception {
        putAsHarmonyLite(HarmonyLiteFixtures.bytes("one-shard/snapshot.db"), HarmonyLiteFixtures.ONE_SHARD_TAG);
        Path database = directory.resolve("node.db");
        HarmonyLiteRestoreReport report = restore(database);
        assertThat(report.tag()).isEqualTo(HarmonyLiteFixtures.ONE_SHARD_TAG);
        assertThat(report.tagCheck()).isEqualTo(TagCheck.MATCHES);
        try (java.sql.Connection opened = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = opened.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM Artist")) {
            assertThat(rows.getInt(1)).isEqualTo(315);
        }
    }

    /** HarmonyLite restores a snapshot with 40 flipped bits and reports no error (fault D10). */
    @Test
    void d10_bytesNotMatchingTag_areRejectedAndNothingIsRestored() throws Exception {
        byte[] snapshot = HarmonyLiteFixtures.bytes("one-shard/snapshot.db");
        snapshot[snapshot.length / 2] ^= 1;
        putAsHarmonyLite(snapshot, HarmonyLiteFixtures.ONE_SHARD_TAG);
        Path database = directory.resolve("node.db");
        assertThatThrownBy(() -> restore(database)).isInstanceOf(CorruptSnapshotException.class);
        assertThat(database).doesNotExist();
    }

    @Test
    void export_latest_isReadableByOtherClients() throws Exception {
        Path database = directory.resolve("node.db");
        try (java.sql.Connection opened = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = opened.createStatement()) {
            statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)");
            statement.execute("INSERT INTO note VALUES (1, 'one')");
        }
        putAsHarmonyLite(HarmonyLiteFixtures.bytes("one-shard/snapshot.db"), HarmonyLiteFixtures.ONE_SHARD_TAG);
        HarmonyLiteExportReport report;
        try (SnapshotManager manager = manager(database)) {
            manager.take();
            SnapshotRepository repository = manager.repository();
            report = repository.export(HarmonyLiteExportRequest.latest(), place);
        }
        assertThat(report.previous()).isEqualTo(PreviousSnapshot.READERS_CUT_OFF);
        byte[] got = getAsHarmonyLite();
        ObjectInfo info = others.getInfo(OBJECT);
        assertThat(info.getHeaders().getFirst(HarmonyLiteTag.HEADER))
                .isEqualTo(HarmonyLiteTag.of(new ByteArrayInputStream(got)))
                .isEqualTo(report.tag());
        assertThat(messages()).isEqualTo(1 + info.getChunks());
    }

    /** HarmonyLite deletes the old snapshot first and has none if the upload fails (fault D1). */
    @Test
    void d01_putFails_keepsPreviousSnapshotAndLeavesNothingElse() throws Exception {
        byte[] old = random(300_000);
        putAsHarmonyLite(old, "tag");
        long before = messages();
        ObjectSource broken = new ObjectSource() {
            @Override
            public long length() {
                return 1_000_000;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(random(500_000));
            }
        };
        assertThatThrownBy(() -> place.put(broken, "new")).isInstanceOf(IOException.class);
        assertThat(getAsHarmonyLite()).isEqualTo(old);
        assertThat(messages()).isEqualTo(before);
    }

    @Test
    void put_metadataReplyLost_isStoredOnce() throws Exception {
        byte[] old = random(300_000);
        byte[] fresh = random(400_000);
        putAsHarmonyLite(old, "old");
        FaultyConnection faulty = new FaultyConnection(connection);
        faulty.loseReplies(subject -> subject.startsWith("$O." + bucket + ".M."), 0, 1);
        NatsHarmonyLiteSnapshot through = NatsHarmonyLiteSnapshot.of(
                faulty.connection(),
                bucket,
                JetStreamOptions.builder()
                        .requestTimeout(Duration.ofMillis(400))
                        .build());
        assertThat(through.put(ObjectSource.of(fresh), "fresh")).isEqualTo(PreviousSnapshot.READERS_CUT_OFF);
        assertThat(getAsHarmonyLite()).isEqualTo(fresh);
        assertThat(messages()).isEqualTo(1 + others.getInfo(OBJECT).getChunks());
    }

    @Test
    void put_noneOrTombstone_reportsNoPrevious() throws Exception {
        assertThat(place.find()).isEmpty();
        assertThatThrownBy(place::open).isInstanceOf(NoSuchObjectException.class);
        assertThat(place.put(ObjectSource.of(random(10)), "one")).isEqualTo(PreviousSnapshot.NONE);
        others.delete(OBJECT);
        assertThat(place.find()).isEmpty();
        assertThatThrownBy(place::open).isInstanceOf(NoSuchObjectException.class);
        assertThat(place.put(ObjectSource.of(random(20)), "two")).isEqualTo(PreviousSnapshot.NONE);
        assertThat(place.find().flatMap(HarmonyLiteSnapshot::tag)).isEqualTo(Optional.of("two"));
        assertThat(messages()).isEqualTo(2);
    }

    @Test
    void put_replacedDuringUpload_lastOneWins() throws Exception {
        putAsHarmonyLite(random(10), "old");
        byte[] fresh = random(400_000);
        ObjectSource slow = new ObjectSource() {
            @Override
            public long length() {
                return fresh.length;
            }

            @Override
            public InputStream open() throws IOException {
                try {
                    putAsHarmonyLite(random(200_000), "others");
                } catch (Exception e) {
                    throw new IOException(e);
                }
                return new ByteArrayInputStream(fresh);
            }
        };
        place.put(slow, "fresh");
        assertThat(getAsHarmonyLite()).isEqualTo(fresh);
        assertThat(messages()).isEqualTo(1 + others.getInfo(OBJECT).getChunks());
    }

    @Test
    void open_replacedDuringRead_failsWithoutMixing() throws Exception {
        putAsHarmonyLite(random(LARGER_THAN_READ_AHEAD), "old");
        try (Opened opened = place.open()) {
            assertThat(opened.content().readNBytes(1000)).hasSize(1000);
            place.put(ObjectSource.of(random(LARGER_THAN_READ_AHEAD)), "new");
            assertThatThrownBy(() -> opened.content().readAllBytes()).isInstanceOf(NoSuchObjectException.class);
        }
    }

    @Test
    void read_bucketMissing_throwsContainerMissing() throws Exception {
        connection.objectStoreManagement().delete(bucket);
        assertThatThrownBy(place::find).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(place::open).isInstanceOf(ContainerMissingException.class);
    }

    /** A node would create it at its first upload. */
    @Test
    void put_bucketMissing_createsItAsOtherClientsDo() throws Exception {
        StreamConfiguration theirs = configuration();
        connection.objectStoreManagement().delete(bucket);
        byte[] image = random(10);
        assertThat(place.put(ObjectSource.of(image), "tag")).isEqualTo(PreviousSnapshot.NONE);
        assertThat(getAsHarmonyLite()).isEqualTo(image);
        StreamConfiguration created = configuration();
        assertThat(created.getDescription()).isEqualTo("Bucket to store snapshot");
        assertThat(StreamConfiguration.builder(created)
                        .description(null)
                        .build()
                        .toJson())
                .isEqualTo(theirs.toJson());
    }

    private StreamConfiguration configuration() throws Exception {
        return connection.jetStreamManagement().getStreamInfo("OBJ_" + bucket).getConfiguration();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}

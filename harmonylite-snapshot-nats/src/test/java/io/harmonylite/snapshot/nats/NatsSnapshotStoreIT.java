package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.DamagedObjectException;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.ObjectStore;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.ObjectMeta;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NatsExtension.class)
class NatsSnapshotStoreIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(400)).build();

    private final NatsRetries fewRetries = new NatsRetries(Duration.ofMillis(500), Duration.ofMillis(200));
    private final Connection connection;
    private final String bucket = "store-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    NatsSnapshotStoreIT(Connection connection) {
        this.connection = connection;
    }

    @AfterEach
    void deleteBuckets() throws Exception {
        JetStreamManagement management = connection.jetStreamManagement();
        for (String stream : management.getStreamNames()) {
            if (stream.startsWith("OBJ_" + bucket)) {
                management.deleteStream(stream);
            }
        }
    }

    // Format

    @Test
    void putIfAbsent_object_isReadableByOtherClients() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(1_000_000);
        store.putIfAbsent("n/packs/p", ObjectSource.of(bytes));
        store.putIfAbsent("n/manifests/m", ObjectSource.of(new byte[0]));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        connection.objectStore(bucket + "-packs").get("n/packs/p", out);
        assertThat(out.toByteArray()).isEqualTo(bytes);
        assertThat(connection.objectStore(bucket).getInfo("n/manifests/m").getSize())
                .isZero();
    }

    @Test
    void open_sealedBuckets_areReadAndRejectEveryChange() throws Exception {
        put(store(), "n/manifests/m", "first");
        put(store(), "n/packs/p", "pack");
        for (String of : List.of(bucket, bucket + "-packs")) {
            connection.objectStore(of).seal();
        }
        NatsSnapshotStore store = NatsSnapshotStore.open(connection, bucket);
        assertThat(names(store.list(""))).containsExactly("n/manifests/m", "n/packs/p");
        assertThat(read(store, "n/packs/p")).isEqualTo("pack".getBytes(UTF_8));
        for (String name : List.of("n/manifests/x", "n/packs/x")) {
            assertThatThrownBy(() -> put(store, name, "x"))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("sealed");
        }
        assertThatThrownBy(() -> store.delete("n/packs/p"))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("sealed");
        assertThatThrownBy(() -> NatsSnapshotStore.create(connection, bucket))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("sealed");
    }

    @Test
    void open_objectOfAnotherClient_isRead() throws Exception {
        SnapshotStore store = store();
        ObjectStore other = connection.objectStore(bucket);
        byte[] bytes = random(700_000);
        other.put(ObjectMeta.builder("big").chunkSize(50_000).build(), new ByteArrayInputStream(bytes));
        other.put("small", "x".getBytes(UTF_8));
        assertThat(read(store, "big")).isEqualTo(bytes);
        assertThat(read(store, "small")).isEqualTo("x".getBytes(UTF_8));
        assertThat(names(store.list(""))).containsExactly("big", "small");
    }

    @Test
    void open_objectDeletedByAnotherClient_isMissingAndNameStaysTaken() throws Exception {
        SnapshotStore store = store();
        put(store, "a", "first");
        connection.objectStore(bucket).delete("a");
        assertThatThrownBy(() -> store.open("a")).isInstanceOf(NoSuchObjectException.class);
        assertThat(store.list("")).isEmpty();
        assertThatThrownBy(() -> put(store, "a", "second")).isInstanceOf(ObjectExistsException.class);
        store.delete("a");
        assertThat(messages(bucket)).isZero();
    }

    @Test
    void list_packsAndOtherObjects_useSeparateBuckets() throws Exception {
        SnapshotStore store = store();
        for (String name : List.of("n/packs/1", "n/packs/2", "n/manifests/1", "m/packs/1", "packs/1/2", "n/packsx/1")) {
            put(store, name, name);
        }
        assertThat(connection.objectStore(bucket + "-packs").getList()).hasSize(3);
        assertThat(connection.objectStore(bucket).getList()).hasSize(3);
        assertThat(names(store.list("n/packs/"))).containsExactly("n/packs/1", "n/packs/2");
        assertThat(names(store.list("n/pa"))).containsExactly("n/packs/1", "n/packs/2", "n/packsx/1");
        assertThat(names(store.list("n/manifests/"))).containsExactly("n/manifests/1");
        assertThat(names(store.list("p"))).containsExactly("packs/1/2");
        assertThat(store.list("")).hasSize(6);
    }

    @Test
    void list_manifests_costDoesNotGrowWithPacks() throws Exception {
        SnapshotStore store = store();
        for (int i = 0; i < 10; i++) {
            put(store, "n/manifests/" + i, "m");
            put(store, "n/packs/" + i, "p");
        }
        Cost few = costOf(() -> assertThat(store.list("n/manifests/")).hasSize(10));
        addEmptyPacks(2_000);
        Cost many = costOf(() -> assertThat(store.list("n/manifests/")).hasSize(10));
        assertThat(many.requests()).isEqualTo(few.requests());
        assertThat(many.bytes()).isLessThan(few.bytes() + 500);
        assertThat(store.list("n/packs/")).hasSize(2_010);
    }

    // Failed writes

    @Test
    void putIfAbsent_interrupted_removesItsChunks() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(8_000_000);
        ObjectSource interrupting = source(bytes, (in, read) -> {
            if (read > 5_000_000) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> store.putIfAbsent("n/packs/p", interrupting))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(messages(bucket + "-packs")).isZero();
    }

    @Test
    void putIfAbsent_sourceFails_leavesNoChunk() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(3_000_000);
        ObjectSource failing = source(bytes, (in, read) -> {
            if (read > 2_000_000) {
                throw new IllegalStateException("planned");
            }
        });
        assertThatThrownBy(() -> store.putIfAbsent("n/packs/p", failing)).hasMessage("planned");
        assertThat(messages(bucket + "-packs")).isZero();
    }

    @Test
    void putIfAbsent_chunkLost_restartsAndLeavesNoPartialUpload() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        faulty.loseRequests(this::isChunk, 5, 1);
        assertStoresWholeObject(faulty, 2_000_000);
    }

    @Test
    void putIfAbsent_acknowledgementLost_restartsAndLeavesNoPartialUpload() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        faulty.loseReplies(this::isChunk, 3, 1);
        assertStoresWholeObject(faulty, 2_000_000);
    }

    @Test
    void putIfAbsent_everyChunkLost_failsAndLeavesNothing() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        faulty.loseRequests(this::isChunk, 5, 1000);
        store();
        SnapshotStore store = NatsSnapshotStore.builder(faulty.connection(), bucket)
                .jetStreamOptions(JetStreamOptions.builder()
                        .requestTimeout(Duration.ofMillis(200))
                        .build())
                .open();
        assertThatThrownBy(() -> store.putIfAbsent("n/packs/p", ObjectSource.of(random(2_000_000))))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(IndeterminateWriteException.class);
        assertThat(store().list("")).isEmpty();
        assertThat(messages(bucket + "-packs")).isZero();
    }

    @Test
    void putIfAbsent_metadataReplyLost_succeeds() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        faulty.loseReplies(this::isMetadata, 0, 1);
        assertStoresWholeObject(faulty, 600_000);
    }

    @Test
    void putIfAbsent_metadataRequestLost_succeedsAfterRetry() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        faulty.loseRequests(this::isMetadata, 0, 1);
        assertStoresWholeObject(faulty, 600_000);
    }

    @Test
    void putIfAbsent_noReplyAfterMetadata_isIndeterminateAndKeepsChunks() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        store();
        SnapshotStore store = NatsSnapshotStore.builder(faulty.connection(), bucket)
                .jetStreamOptions(QUICK)
                .retries(fewRetries)
                .open();
        faulty.loseReplies(this::isMetadata, 0, 1000);
        faulty.loseReplies(subject -> subject.contains("STREAM.MSG.GET"), 1, 1000);
        byte[] bytes = random(600_000);
        assertThatThrownBy(() -> store.putIfAbsent("n/packs/p", ObjectSource.of(bytes)))
                .isInstanceOf(IndeterminateWriteException.class)
                .hasMessageContaining("n/packs/p");
        assertThat(read(store(), "n/packs/p")).isEqualTo(bytes);
    }

    @Test
    void putIfAbsent_nameTakenDuringUpload_throwsObjectExistsAndLeavesNoChunk() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(600_000);
        AtomicInteger once = new AtomicInteger();
        ObjectSource slow = source(bytes, (in, read) -> {
            if (once.getAndIncrement() == 0) {
                put(store(), "n/packs/p", "faster");
            }
        });
        assertThatThrownBy(() -> store.putIfAbsent("n/packs/p", slow)).isInstanceOf(ObjectExistsException.class);
        assertThat(read(store, "n/packs/p")).isEqualTo("faster".getBytes(UTF_8));
        assertThat(messages(bucket + "-packs")).isEqualTo(2);
    }

    @Test
    void putIfAbsent_bucketFull_throwsStoreFullAndLeavesNothing() throws Exception {
        SnapshotStore store = NatsSnapshotStore.builder(connection, bucket)
                .maxBytes(1_000_000)
                .create();
        assertThatThrownBy(() -> store.putIfAbsent("n/packs/p", ObjectSource.of(random(2_000_000))))
                .isInstanceOf(StoreFullException.class)
                .hasMessageContaining("n/packs/p");
        assertThat(messages(bucket + "-packs")).isZero();
        store.putIfAbsent("n/packs/q", ObjectSource.of(random(500_000)));
    }

    @Test
    void anyMethod_bucketDeleted_throwsContainerMissing() throws Exception {
        SnapshotStore store = store();
        connection.jetStreamManagement().deleteStream("OBJ_" + bucket);
        assertThatThrownBy(() -> put(store, "a", "x")).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(() -> store.open("a")).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(() -> store.stat("a")).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(() -> store.list("")).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(ContainerMissingException.class);
    }

    @Test
    void putIfAbsent_serverKilledAndRestarted_storesWholeObject() throws Exception {
        try (NatsServer server = NatsServer.start(directory);
                Connection own = server.connect()) {
            SnapshotStore store = NatsSnapshotStore.builder(own, bucket)
                    .jetStreamOptions(QUICK)
                    .create();
            byte[] bytes = random(6_000_000);
            AtomicInteger once = new AtomicInteger();
            ObjectSource source = source(bytes, (in, read) -> {
                if (read > 3_000_000 && once.getAndIncrement() == 0) {
                    server.kill();
                    server.start();
                }
            });
            store.putIfAbsent("n/packs/p", source);
            assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
        }
    }

    // Damaged reads

    @Test
    void open_chunkMissing_isDamaged() throws Exception {
        for (int size : new int[] {100, 200_000, 2_000_000}) {
            SnapshotStore store = store();
            String name = "n/packs/" + size;
            store.putIfAbsent(name, ObjectSource.of(random(size)));
            connection.jetStreamManagement().deleteMessage("OBJ_" + bucket + "-packs", lastChunk(name));
            assertThatThrownBy(() -> read(store, name))
                    .isInstanceOf(DamagedObjectException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void open_chunkReplaced_isDamagedBeforeLastByte() throws Exception {
        for (int size : new int[] {100, 2_000_000}) {
            SnapshotStore store = store();
            String name = "n/packs/" + size;
            byte[] bytes = random(size);
            store.putIfAbsent(name, ObjectSource.of(bytes));
            MessageInfo last = connection.jetStreamManagement().getMessage("OBJ_" + bucket + "-packs", lastChunk(name));
            connection.jetStreamManagement().deleteMessage("OBJ_" + bucket + "-packs", last.getSeq());
            byte[] flipped = last.getData().clone();
            flipped[flipped.length / 2] ^= 1;
            connection.jetStream().publish(last.getSubject(), flipped);
            assertThatThrownBy(() -> {
                        try (InputStream in = store.open(name)) {
                            assertThat(in.readNBytes(size)).isEqualTo(bytes);
                        }
                    })
                    .isInstanceOf(DamagedObjectException.class);
        }
    }

    @Test
    void open_rangesOfInterleavedObjects_receiveLittleMoreThanTheRange() throws Exception {
        SnapshotStore store = store();
        byte[] one = random(8 << 20);
        byte[] other = random((5 << 20) + 17);
        Thread writer = new Thread(() -> {
            try {
                store.putIfAbsent("n/packs/other", ObjectSource.of(other));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        store.putIfAbsent("n/packs/one", ObjectSource.of(one));
        writer.join();
        assertRange(store, "n/packs/one", one, 7_000_000, 40_000);
        assertRange(store, "n/packs/one", one, one.length - 100_000, 100_000);
        assertRange(store, "n/packs/one", one, 5 << 20, 131_072);
        assertRange(store, "n/packs/one", one, 0, 1000);
        assertRange(store, "n/packs/other", other, other.length - 5, 5);
        assertRange(store, "n/packs/other", other, 3_999_999, 1_000_000);
    }

    @Test
    void restore_ontoDatabaseOfAnEarlierTake_receivesLittle() throws Exception {
        Path database = directory.resolve("orders.db");
        execute(
                database,
                "CREATE TABLE note (id INTEGER PRIMARY KEY, text BLOB)",
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350)"
                        + " INSERT INTO note SELECT i, randomblob(100000) FROM n");
        Path target = Files.copy(database, directory.resolve("restored.db"));
        SnapshotStore store = store();
        try (SnapshotManager manager =
                SnapshotManager.builder("orders", database, store).build()) {
            manager.take();
            execute(database, "UPDATE note SET text = randomblob(100000) WHERE id BETWEEN 170 AND 173");
            manager.take();
        }
        long before = connection.getStatistics().getInBytes();
        try (SnapshotManager manager =
                SnapshotManager.builder("orders", target, store).build()) {
            RestoreReport report = manager.restore(RestoreRequest.latest());
            assertThat(report.bytesFetched()).isBetween(400_000L, 2_000_000L);
        }
        assertThat(connection.getStatistics().getInBytes() - before).isLessThan(4_000_000);
        try (java.sql.Connection restored = DriverManager.getConnection("jdbc:sqlite:" + target);
                Statement statement = restored.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM note WHERE length(text) = 100000")) {
            assertThat(rows.getLong(1)).isEqualTo(350);
        }
    }

    private static void execute(Path database, String... statements) throws SQLException {
        try (java.sql.Connection own = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = own.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void assertRange(SnapshotStore store, String name, byte[] all, int offset, int length) throws Exception {
        long before = connection.getStatistics().getInBytes();
        try (InputStream in = store.open(name, offset, length)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(all, offset, offset + length));
        }
        assertThat(connection.getStatistics().getInBytes() - before).isLessThan(length + 800_000L);
    }

    @Test
    void open_serverKilledAndRestarted_resumesAtOffset() throws Exception {
        try (NatsServer server = NatsServer.start(directory);
                Connection own = server.connect()) {
            SnapshotStore store = NatsSnapshotStore.builder(own, bucket)
                    .jetStreamOptions(QUICK)
                    .create();
            byte[] bytes = random(16 << 20);
            store.putIfAbsent("n/packs/p", ObjectSource.of(bytes));
            try (InputStream in = store.open("n/packs/p")) {
                byte[] start = in.readNBytes(3_000_000);
                server.kill();
                server.start();
                byte[] rest = in.readAllBytes();
                assertThat(start).isEqualTo(Arrays.copyOf(bytes, 3_000_000));
                assertThat(rest).isEqualTo(Arrays.copyOfRange(bytes, 3_000_000, bytes.length));
            }
        }
    }

    @Test
    void open_closedEarly_leavesNoConsumer() throws Exception {
        SnapshotStore store = store();
        store.putIfAbsent("n/packs/p", ObjectSource.of(random(8 << 20)));
        try (InputStream in = store.open("n/packs/p")) {
            assertThat(in.readNBytes(10)).hasSize(10);
        }
        connection.flush(Duration.ofSeconds(5));
        assertThat(store.list("n/packs/")).hasSize(1); // This request is served after the deletion of the consumer.
        assertThat(connection.jetStreamManagement().getConsumerNames("OBJ_" + bucket + "-packs"))
                .isEmpty();
    }

    // Deleting and sweeping

    @Test
    void deleteAll_objects_leavesNoMessage() throws Exception {
        SnapshotStore store = store();
        store.putIfAbsent("n/packs/p", ObjectSource.of(random(2_000_000)));
        put(store, "n/manifests/m", "m");
        store.deleteAll(List.of("n/packs/p", "n/manifests/m"));
        assertThat(messages(bucket)).isZero();
        assertThat(messages(bucket + "-packs")).isZero();
    }

    @Test
    void sweepOrphans_chunksOfKilledWriter_areRemovedAfterGracePeriod() throws Exception {
        store();
        Connection doomed = Nats.connect(connection.getOptions());
        SnapshotStore writer = NatsSnapshotStore.builder(doomed, bucket)
                .jetStreamOptions(QUICK)
                .open();
        ObjectSource source = source(random(4_000_000), (in, read) -> {
            if (read > 3_000_000) {
                doomed.flush(Duration.ofSeconds(5));
                doomed.close();
            }
        });
        assertThatThrownBy(() -> writer.putIfAbsent("n/packs/killed", source)).isInstanceOf(IOException.class);
        assertThat(messages(bucket + "-packs")).isPositive();
        SnapshotStore store = store();
        put(store, "n/packs/kept", "kept");
        put(store, "n/manifests/kept", "kept");
        assertThat(sweeper(Duration.ofHours(1)).sweepOrphans()).isZero();
        assertThat(sweeper(Duration.ZERO).sweepOrphans()).isEqualTo(1);
        assertThat(messages(bucket + "-packs")).isEqualTo(2);
        assertThat(read(store, "n/packs/kept")).isEqualTo("kept".getBytes(UTF_8));
        assertThat(read(store, "n/manifests/kept")).isEqualTo("kept".getBytes(UTF_8));
    }

    @Test
    void sweepOrphans_uploadInProgress_keepsItsChunks() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(4_000_000);
        AtomicInteger swept = new AtomicInteger();
        store.putIfAbsent(
                "n/packs/p",
                source(
                        bytes,
                        (in, read) ->
                                swept.addAndGet(sweeper(Duration.ofMinutes(1)).sweepOrphans())));
        assertThat(swept).hasValue(0);
        assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
    }

    @Test
    void putIfAbsent_chunksSweptDuringUpload_restarts() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(8_000_000);
        AtomicInteger swept = new AtomicInteger();
        store.putIfAbsent("n/packs/p", source(bytes, (in, read) -> {
            if (read > 6_000_000 && swept.get() == 0) {
                swept.addAndGet(sweeper(Duration.ZERO).sweepOrphans());
            }
        }));
        assertThat(swept).hasValue(1);
        assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
    }

    // Opening

    @Test
    void open_missingBucket_throwsContainerMissingAndCreatesNone() throws Exception {
        assertThatThrownBy(() -> NatsSnapshotStore.open(connection, bucket))
                .isInstanceOf(ContainerMissingException.class)
                .hasMessageContaining(bucket);
        assertThat(connection.objectStoreManagement().getBucketNames()).doesNotContain(bucket);
    }

    @Test
    void create_twice_opensSameStore() throws Exception {
        put(store(), "a", "x");
        assertThat(names(store().list(""))).containsExactly("a");
        assertThat(NatsSnapshotStore.builder(connection, bucket)
                        .replicas(1)
                        .storage(StorageType.File)
                        .create()
                        .list(""))
                .hasSize(1);
    }

    @Test
    void create_bucketThatDropsObjects_isRejected() throws Exception {
        List<StreamConfiguration.Builder> unfit = List.of(
                standard().maxAge(Duration.ofDays(1)),
                standard().discardPolicy(DiscardPolicy.Old).maxBytes(1 << 20),
                standard().maxMessagesPerSubject(1),
                standard().allowRollup(false));
        for (StreamConfiguration.Builder configuration : unfit) {
            connection.jetStreamManagement().addStream(configuration.build());
            assertThatThrownBy(() -> NatsSnapshotStore.create(connection, bucket))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining(bucket);
            connection.jetStreamManagement().deleteStream("OBJ_" + bucket);
        }
    }

    @Test
    void create_bucketWithOtherConfiguration_isRejected() throws Exception {
        store();
        assertThatThrownBy(() -> NatsSnapshotStore.builder(connection, bucket)
                        .replicas(3)
                        .create())
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("replicas 1, not 3");
        assertThatThrownBy(() -> NatsSnapshotStore.builder(connection, bucket)
                        .storage(StorageType.Memory)
                        .open())
                .isInstanceOf(StoreAccessException.class);
        assertThatThrownBy(() -> NatsSnapshotStore.create(connection, "a.b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyMethod_userWithoutWritePermission_readsAndCannotWrite() throws Exception {
        String readable = "[\"$JS.API.STREAM.INFO.>\", \"$JS.API.STREAM.MSG.GET.>\", \"$JS.API.CONSUMER.CREATE.>\","
                + " \"$JS.API.CONSUMER.MSG.NEXT.>\", \"$JS.API.CONSUMER.DELETE.>\"]";
        try (NatsServer server = NatsServer.start(
                        directory,
                        "authorization { users: [ { user: writer, password: w }, { user: reader, password: r,"
                                + " permissions: { publish: { allow: " + readable + " } } } ] }");
                Connection writing = connect(server, "writer", "w");
                Connection reading = connect(server, "reader", "r")) {
            byte[] bytes = random(3_000_000);
            NatsSnapshotStore.create(writing, bucket).putIfAbsent("n/packs/p", ObjectSource.of(bytes));
            SnapshotStore store = NatsSnapshotStore.open(reading, bucket);
            assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
            assertThat(names(store.list(""))).containsExactly("n/packs/p");
            assertThatThrownBy(() -> put(store, "a", "x")).isInstanceOf(StoreAccessException.class);
            assertThatThrownBy(() -> store.delete("n/packs/p")).isInstanceOf(StoreAccessException.class);
            assertThatThrownBy(() -> NatsSnapshotStore.create(reading, "other"))
                    .isInstanceOf(StoreAccessException.class);
            assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
        }
    }

    @Test
    void d29_jetStreamDisabled_givesUp() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "jetstream: disabled");
                Connection own = server.connect()) {
            assertThatThrownBy(() -> NatsSnapshotStore.builder(own, bucket)
                            .jetStreamOptions(QUICK)
                            .retries(fewRetries)
                            .create())
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("JetStream");
        }
    }

    @Test
    void close_store_leavesConnectionOpen() throws Exception {
        NatsSnapshotStore store = store();
        store.close();
        assertThat(connection.getStatus()).isEqualTo(Connection.Status.CONNECTED);
        assertThatThrownBy(store::sweepOrphans).isInstanceOf(IllegalStateException.class);
        assertThat(store).hasToString("NATS bucket " + bucket);
    }

    private void assertStoresWholeObject(FaultyConnection faulty, int size) throws Exception {
        SnapshotStore store = quick(faulty.connection());
        byte[] bytes = random(size);
        store.putIfAbsent("n/packs/p", ObjectSource.of(bytes));
        assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long chunks =
                connection.objectStore(bucket + "-packs").get("n/packs/p", out).getChunks();
        assertThat(out.toByteArray()).isEqualTo(bytes);
        assertThat(messages(bucket + "-packs")).isEqualTo(chunks + 1);
    }

    private NatsSnapshotStore store() throws IOException {
        return NatsSnapshotStore.create(connection, bucket);
    }

    private NatsSnapshotStore quick(Connection through) throws IOException {
        return NatsSnapshotStore.builder(through, bucket)
                .jetStreamOptions(QUICK)
                .create();
    }

    private NatsSnapshotStore sweeper(Duration grace) throws IOException {
        return NatsSnapshotStore.builder(connection, bucket).orphanGrace(grace).open();
    }

    private boolean isChunk(String subject) {
        return subject.startsWith("$O." + bucket + "-packs.C.");
    }

    private boolean isMetadata(String subject) {
        return subject.startsWith("$O." + bucket + "-packs.M.");
    }

    private StreamConfiguration.Builder standard() {
        return StreamConfiguration.builder(
                ObjectStoreConfiguration.builder(bucket).build().getBackingConfig());
    }

    private long messages(String of) throws Exception {
        return connection
                .jetStreamManagement()
                .getStreamInfo("OBJ_" + of)
                .getStreamState()
                .getMsgCount();
    }

    private long lastChunk(String name) throws Exception {
        String nuid = connection.objectStore(bucket + "-packs").getInfo(name).getNuid();
        return connection
                .jetStreamManagement()
                .getLastMessage("OBJ_" + bucket + "-packs", "$O." + bucket + "-packs.C." + nuid)
                .getSeq();
    }

    private void addEmptyPacks(int count) throws Exception {
        BucketNames names = new BucketNames(bucket + "-packs");
        List<CompletableFuture<?>> published = new ArrayList<>();
        String none = new ObjectDigest().value();
        for (int i = 0; i < count; i++) {
            String name = String.format(Locale.ROOT, "n/packs/many-%06d", i);
            StoredObject object =
                    new StoredObject(name, NUID.nextGlobal(), 0, 0, 0, none, java.time.Instant.EPOCH, Map.of());
            published.add(
                    connection.jetStream().publishAsync(names.metadata(name), object.serialized(bucket + "-packs")));
        }
        CompletableFuture.allOf(published.toArray(CompletableFuture[]::new)).join();
    }

    private Cost costOf(Work work) throws Exception {
        long requests = connection.getStatistics().getOutMsgs();
        long bytes = connection.getStatistics().getInBytes();
        work.run();
        return new Cost(
                connection.getStatistics().getOutMsgs() - requests,
                connection.getStatistics().getInBytes() - bytes);
    }

    private static Connection connect(NatsServer server, String user, String password) throws Exception {
        return Nats.connect(server.options()
                .userInfo(user.toCharArray(), password.toCharArray())
                .build());
    }

    private static void put(SnapshotStore store, String name, String content) throws IOException {
        store.putIfAbsent(name, ObjectSource.of(content.getBytes(UTF_8)));
    }

    private static byte[] read(SnapshotStore store, String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return in.readAllBytes();
        }
    }

    private static List<String> names(List<ObjectInfo> infos) {
        return infos.stream().map(ObjectInfo::name).toList();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** A source that calls a hook before each read. */
    private static ObjectSource source(byte[] bytes, Hook hook) {
        return new ObjectSource() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new FilterInputStream(new ByteArrayInputStream(bytes)) {
                    private int total;

                    @Override
                    public byte[] readNBytes(int length) throws IOException {
                        try {
                            hook.run(in, total);
                        } catch (IOException | RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            throw new IOException(e);
                        }
                        total += length;
                        return in.readNBytes(length);
                    }
                };
            }
        };
    }

    private record Cost(long requests, long bytes) {}

    private interface Hook {
        void run(InputStream in, int read) throws Exception;
    }

    private interface Work {
        void run() throws Exception;
    }
}

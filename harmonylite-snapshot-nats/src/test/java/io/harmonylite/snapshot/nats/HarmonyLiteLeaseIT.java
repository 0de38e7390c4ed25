package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads and writes HarmonyLite's lease as its nodes do. */
@Timeout(60)
@ExtendWith(NatsExtension.class)
class HarmonyLiteLeaseIT {

    /** The value that node 1 of the real HarmonyLite wrote. */
    private static final byte[] WRITTEN_BY_NODE_1 =
            HexFormat.of().parseHex("a2664e6f64654944016954696d657374616d701b000001a20814514a");

    private static final Instant WRITTEN_AT = Instant.ofEpochMilli(1_795_431_878_986L);

    private final Connection connection;
    private final AtomicReference<Instant> now = new AtomicReference<>(WRITTEN_AT);
    private KeyValue leases;

    @TempDir
    Path directory;

    HarmonyLiteLeaseIT(Connection connection) {
        this.connection = connection;
    }

    @BeforeEach
    void createBucket() throws Exception {
        connection
                .keyValueManagement()
                .create(KeyValueConfiguration.builder(HarmonyLiteLease.BUCKET).build());
        leases = connection.keyValue(HarmonyLiteLease.BUCKET);
    }

    @AfterEach
    void deleteBucket() throws Exception {
        if (connection.keyValueManagement().getBucketNames().contains(HarmonyLiteLease.BUCKET)) {
            connection.keyValueManagement().delete(HarmonyLiteLease.BUCKET);
        }
    }

    private HarmonyLiteLease lease(long node, InstantSource clock) throws IOException {
        return HarmonyLiteLease.open(connection, node, JetStreamOptions.defaultOptions(), clock);
    }

    private HarmonyLiteLease lease(long node) throws IOException {
        return lease(node, now::get);
    }

    /** Acquires the lease and renews it every 250 ms instead of every 2.5 s. */
    private Held renewedOften(long node) throws IOException {
        JetStreamApi api = new JetStreamApi(connection, JetStreamOptions.defaultOptions());
        LeaseBucket bucket = new LeaseBucket(api, HarmonyLiteLease.BUCKET, Duration.ofSeconds(1), System::nanoTime);
        HarmonyLiteLeaseRecord record = new HarmonyLiteLeaseRecord(node, HarmonyLiteLease.LASTS, now::get);
        return HeldNatsLease.tryAcquire(bucket, HarmonyLiteLease.KEY, record).orElseThrow();
    }

    @Test
    void tryAcquire_free_writesSameBytesAsHarmonyLite() throws Exception {
        try (Held held = lease(1).tryAcquire("orders").orElseThrow()) {
            assertThat(held.isHeld()).isTrue();
            assertThat(leases.get("snapshot").getValue()).isEqualTo(WRITTEN_BY_NODE_1);
        }
    }

    @Test
    void tryAcquire_heldByNode_isEmptyUntilItExpires() throws Exception {
        leases.put("snapshot", WRITTEN_BY_NODE_1);
        now.set(WRITTEN_AT.plus(HarmonyLiteLease.LASTS).minusMillis(1));
        assertThat(lease(2).tryAcquire("orders")).isEmpty();
        now.set(WRITTEN_AT.plus(HarmonyLiteLease.LASTS));
        lease(2).tryAcquire("orders").orElseThrow().close();
    }

    @Test
    void tryAcquire_keyDeletedManually_succeeds() throws Exception {
        leases.put("snapshot", WRITTEN_BY_NODE_1);
        leases.delete("snapshot");
        lease(2).tryAcquire("orders").orElseThrow().close();
    }

    @Test
    void tryAcquire_unknownValue_throwsIOException() throws Exception {
        leases.put("snapshot", "mine".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> lease(2).tryAcquire("orders"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a HarmonyLite lease");
    }

    @Test
    void close_held_releasesAtOnce() throws Exception {
        HarmonyLiteLease one = lease(1, InstantSource.system());
        HarmonyLiteLease two = lease(2, InstantSource.system());
        try (Held held = one.tryAcquire("orders").orElseThrow()) {
            assertThat(held.isHeld()).isTrue();
            assertThat(two.tryAcquire("orders")).isEmpty();
            assertThat(two.tryAcquire("other")).isEmpty();
        }
        two.tryAcquire("orders").orElseThrow().close();
    }

    @Test
    void isHeld_renewed_writesNewTimestamps() throws Exception {
        try (Held held = lease(1).tryAcquire("orders").orElseThrow()) {
            now.set(WRITTEN_AT.plus(Duration.ofDays(1)));
            await(() -> leases.get("snapshot").getRevision() > 1);
            assertThat(leases.get("snapshot").getValue()).isNotEqualTo(WRITTEN_BY_NODE_1);
            assertThat(held.isHeld()).isTrue();
            assertThat(lease(2).tryAcquire("orders")).isEmpty();
        }
    }

    @Test
    void isHeld_overwrittenByNode_isLostAndKeepsNodesValue() throws Exception {
        Held held = renewedOften(7);
        leases.put("snapshot", WRITTEN_BY_NODE_1);
        await(() -> !held.isHeld());
        held.close();
        assertThat(leases.get("snapshot").getValue()).isEqualTo(WRITTEN_BY_NODE_1);
    }

    @Test
    void open_missingBucket_throwsContainerMissing() throws Exception {
        connection.keyValueManagement().delete(HarmonyLiteLease.BUCKET);
        assertThatThrownBy(() -> HarmonyLiteLease.open(connection, 1)).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(() -> HarmonyLiteLease.open(connection, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void take_withLease_holdsAndReleasesIt() throws Exception {
        AtomicReference<byte[]> during = new AtomicReference<>(new byte[0]);
        SnapshotListener looking = new SnapshotListener() {
            @Override
            public void stageStarted(Stage stage) {
                during.set(value());
            }
        };
        try (SnapshotManager manager = builder().listener(looking).build()) {
            manager.take();
            assertThat(during.get()).isEqualTo(WRITTEN_BY_NODE_1);
            assertThat(value()).isNotEqualTo(WRITTEN_BY_NODE_1);
        }
    }

    @Test
    void take_leaseHeldByNode_throwsSnapshotInProgress() throws Exception {
        byte[] nodes = WRITTEN_BY_NODE_1.clone();
        nodes[8] = 2;
        leases.put("snapshot", nodes);
        try (SnapshotManager manager = builder().build()) {
            assertThatThrownBy(manager::take).isInstanceOf(SnapshotInProgressException.class);
            assertThat(value()).isEqualTo(nodes);
        }
    }

    private byte[] value() {
        try {
            return leases.get("snapshot").getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    private SnapshotManager.Builder builder() throws Exception {
        Path database = directory.resolve("orders.db");
        try (java.sql.Connection opened = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = opened.createStatement()) {
            statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)");
        }
        return SnapshotManager.builder("orders", database, new InMemorySnapshotStore())
                .lease(lease(1));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            Thread.sleep(10);
        }
    }
}

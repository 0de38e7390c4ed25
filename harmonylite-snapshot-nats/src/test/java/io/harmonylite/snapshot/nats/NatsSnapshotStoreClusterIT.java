package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three replicas, and the server that leads the stream dies. */
@ExtendWith(NatsExtension.class)
class NatsSnapshotStoreClusterIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(1)).build();

    private final NatsCluster cluster;
    private final Connection connection;
    private final String bucket = "cluster-" + NUID.nextGlobal();
    private final AtomicReference<NatsServer> killed = new AtomicReference<>();

    NatsSnapshotStoreClusterIT(NatsCluster cluster) throws Exception {
        this.cluster = cluster;
        this.connection = cluster.connect();
    }

    @AfterEach
    void revive() throws Exception {
        if (killed.get() != null) {
            killed.get().start();
        }
        connection.close();
    }

    @Test
    void putIfAbsent_leaderKilledMeanwhile_storesTheWholeOnce() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(6_000_000);
        store.putIfAbsent("n/packs/p", killing(bytes));
        assertThat(killed).doesNotHaveNullValue();
        assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
    }

    @Test
    void open_leaderKilledMeanwhile_readsTheWhole() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(12_000_000);
        store.putIfAbsent("n/packs/p", ObjectSource.of(bytes));
        store.putIfAbsent("n/manifests/m", ObjectSource.of("m".getBytes(UTF_8)));
        try (InputStream in = store.open("n/packs/p")) {
            byte[] start = in.readNBytes(1_000_000);
            kill();
            byte[] rest = in.readAllBytes();
            assertThat(concat(start, rest)).isEqualTo(bytes);
        }
        assertThat(store.list("n/")).hasSize(2);
        assertThat(read(store, "n/manifests/m")).isEqualTo("m".getBytes(UTF_8));
        store.delete("n/packs/p");
        assertThat(store.list("n/")).hasSize(1);
    }

    private SnapshotStore store() throws Exception {
        return RetryingSnapshotStore.of(NatsSnapshotStore.builder(connection, bucket)
                .jetStreamOptions(QUICK)
                .replicas(3)
                .create());
    }

    private void kill() throws Exception {
        NatsServer leader = cluster.leaderOf("OBJ_" + bucket + "-packs");
        killed.set(leader);
        leader.kill();
    }

    /** A source that kills the leader once, in its middle. */
    private ObjectSource killing(byte[] bytes) {
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
                        total += length;
                        if (total > 3_000_000 && killed.get() == null) {
                            killQuietly();
                        }
                        return in.readNBytes(length);
                    }
                };
            }
        };
    }

    private void killQuietly() {
        try {
            kill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static byte[] read(SnapshotStore store, String name) throws Exception {
        try (InputStream in = store.open(name)) {
            return in.readAllBytes();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}

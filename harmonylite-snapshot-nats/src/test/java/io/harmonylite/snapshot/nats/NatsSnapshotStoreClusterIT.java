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
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Stores and reads with three replicas while the leader of the stream is killed. */
@ExtendWith(NatsExtension.class)
class NatsSnapshotStoreClusterIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(1)).build();

    /** A reader requests 4 MiB of chunks ahead. */
    private static final int LARGER_THAN_READ_AHEAD = 8 << 20;

    private final NatsCluster cluster;
    private final Connection connection;
    private final String bucket = "cluster-" + NUID.nextGlobal();
    private @Nullable NatsServer killed;

    NatsSnapshotStoreClusterIT(NatsCluster cluster) throws Exception {
        this.cluster = cluster;
        this.connection = cluster.connect();
    }

    @AfterEach
    void revive() throws Exception {
        if (killed != null) {
            killed.start();
        }
        connection.close();
    }

    /** Uses one election for a write and a read, because an election takes seconds. */
    @Test
    void putIfAbsentAndOpen_leaderKilled_bothComplete() throws Exception {
        SnapshotStore store = store();
        byte[] stored = random(LARGER_THAN_READ_AHEAD);
        byte[] bytes = random(3_000_000);
        store.putIfAbsent("n/packs/read", ObjectSource.of(stored));
        store.putIfAbsent("n/manifests/m", ObjectSource.of("m".getBytes(UTF_8)));
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (InputStream in = store.open("n/packs/read")) {
            byte[] start = in.readNBytes(1_000_000);
            AtomicReference<Future<byte[]>> rest = new AtomicReference<>();
            store.putIfAbsent("n/packs/written", new HookedSource(bytes, 1_500_000, () -> {
                kill();
                rest.set(reader.submit(in::readAllBytes));
            }));
            assertThat(concat(start, rest.get().get())).isEqualTo(stored);
        } finally {
            reader.shutdownNow();
        }
        assertThat(killed).isNotNull();
        assertThat(read(store, "n/packs/written")).isEqualTo(bytes);
        assertThat(store.list("n/")).hasSize(3);
        assertThat(read(store, "n/manifests/m")).isEqualTo("m".getBytes(UTF_8));
        store.delete("n/packs/read");
        assertThat(store.list("n/")).hasSize(2);
    }

    private SnapshotStore store() throws Exception {
        return RetryingSnapshotStore.of(NatsSnapshotStore.builder(connection, bucket)
                .jetStreamOptions(QUICK)
                .replicas(3)
                .create());
    }

    private void kill() throws Exception {
        killed = cluster.leaderOf("OBJ_" + bucket + "-packs");
        killed.kill();
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

    /** A source that runs an action once, after the given number of bytes. */
    private static final class HookedSource implements ObjectSource {

        private final byte[] bytes;
        private final int after;
        private final Action action;
        private boolean done;

        HookedSource(byte[] bytes, int after, Action action) {
            this.bytes = bytes;
            this.after = after;
            this.action = action;
        }

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
                    if (total > after && !done) {
                        done = true;
                        act();
                    }
                    return in.readNBytes(length);
                }
            };
        }

        private void act() throws IOException {
            try {
                action.run();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    private interface Action {
        void run() throws Exception;
    }
}

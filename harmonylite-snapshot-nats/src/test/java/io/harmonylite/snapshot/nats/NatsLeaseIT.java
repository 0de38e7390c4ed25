package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.SnapshotLeaseContract;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.api.KeyValueConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NatsExtension.class)
class NatsLeaseIT extends SnapshotLeaseContract {

    private final Connection connection;
    private final String bucket = "lease-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    NatsLeaseIT(Connection connection) {
        this.connection = connection;
    }

    @Override
    protected Node createNode() throws IOException {
        FaultyConnection faulty = new FaultyConnection(connection);
        NatsLease lease = builder(faulty.connection()).create();
        return new Node() {
            @Override
            public SnapshotLease lease() {
                return lease;
            }

            @Override
            public void disconnect() {
                faulty.loseRequests(subject -> true, 0, Integer.MAX_VALUE);
            }
        };
    }

    @Override
    protected Duration duration() {
        return Duration.ofMillis(1500);
    }

    @AfterEach
    void deleteBucket() throws Exception {
        if (connection.keyValueManagement().getBucketNames().contains(bucket)) {
            connection.keyValueManagement().delete(bucket);
        }
    }

    @Test
    void isHeld_monotonicTimePassed_endsThoughServerKeepsKey() throws Exception {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000); // The clock wraps around.
        NatsLease lease = builder(connection)
                .duration(Duration.ofSeconds(60))
                .nanoTime(nanos::get)
                .create();
        try (Held held = lease.tryAcquire("orders").orElseThrow()) {
            nanos.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
            assertThat(held.isHeld()).isTrue();
            nanos.addAndGet(1);
            assertThat(held.isHeld()).isFalse();
            nanos.addAndGet(-Duration.ofSeconds(30).toNanos());
            assertThat(held.isHeld()).isFalse();
            assertThat(lease.tryAcquire("orders")).isEmpty();
        }
    }

    @Test
    void isHeld_renewalRepliesLost_isKept() throws Exception {
        FaultyConnection faulty = new FaultyConnection(connection);
        NatsLease lease = builder(faulty.connection()).create();
        String key = "$KV." + bucket + ".orders";
        faulty.loseReplies(key::equals, 0, 1);
        try (Held held = lease.tryAcquire("orders").orElseThrow()) {
            faulty.loseReplies(key::equals, 0, 1);
            long renewals = faulty.requests().size() + 6L;
            while (faulty.requests().size() < renewals) {
                assertThat(held.isHeld()).isTrue();
                Thread.sleep(10);
            }
        }
        assertThat(lease.tryAcquire("orders")).isPresent();
    }

    @Test
    void isHeld_keyOverwritten_isLost() throws Exception {
        Held held = builder(connection).create().tryAcquire("orders").orElseThrow();
        connection.keyValue(bucket).put("orders", "another holder");
        while (held.isHeld()) {
            Thread.sleep(10);
        }
        held.close();
        assertThat(connection.keyValue(bucket).get("orders").getValueAsString()).isEqualTo("another holder");
    }

    @Test
    void isHeld_serverRestarts_isNeverHeldTwice() throws Exception {
        try (NatsServer server = NatsServer.start(directory);
                Connection one = server.connect();
                Connection two = server.connect()) {
            NatsLease lease = builder(one).create();
            NatsLease other = builder(two).create();
            Held held = lease.tryAcquire("orders").orElseThrow();
            server.kill();
            server.start();
            Held next = null;
            while (next == null) {
                try {
                    next = other.tryAcquire("orders").orElse(null);
                } catch (IOException e) {
                    assertThat(server.isRunning()).isTrue(); // The connection is not back yet.
                }
                if (next == null && held.isHeld()) {
                    held.close();
                }
            }
            assertThat(held.isHeld()).isFalse();
            next.close();
        }
    }

    @Test
    void close_held_leavesNoThread() throws Exception {
        Held held = builder(connection).create().tryAcquire("threadless").orElseThrow();
        held.close();
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("snapshot-lease-threadless"))) {
            Thread.sleep(5);
        }
        assertThat(held.isHeld()).isFalse();
    }

    @Test
    void open_missingBucket_throwsContainerMissing() {
        assertThatThrownBy(() -> NatsLease.open(connection, bucket)).isInstanceOf(ContainerMissingException.class);
    }

    @Test
    void create_bucketWithMissingOrOtherTimeToLive_isRejected() throws Exception {
        connection
                .keyValueManagement()
                .create(KeyValueConfiguration.builder(bucket).build());
        assertThatThrownBy(() -> NatsLease.create(connection, bucket))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("time to live");
        connection.keyValueManagement().delete(bucket);
        builder(connection).create();
        assertThatThrownBy(() -> NatsLease.builder(connection, bucket)
                        .duration(Duration.ofSeconds(7))
                        .create())
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("PT7S");
        assertThatThrownBy(
                        () -> NatsLease.builder(connection, bucket).replicas(3).open())
                .isInstanceOf(StoreAccessException.class);
    }

    @Test
    void tryAcquire_bucketDeleted_throwsIOException() throws Exception {
        NatsLease lease = builder(connection).create();
        connection.keyValueManagement().delete(bucket);
        assertThatThrownBy(() -> lease.tryAcquire("orders")).isInstanceOf(IOException.class);
    }

    private NatsLease.Builder builder(Connection through) {
        return NatsLease.builder(through, bucket).duration(duration());
    }
}

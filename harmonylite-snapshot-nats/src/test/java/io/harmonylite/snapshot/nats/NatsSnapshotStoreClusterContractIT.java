package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Checks all obligations with three replicas while the leader of both buckets is killed and restarted. */
@Tag("slow")
@ExtendWith(NatsExtension.class)
class NatsSnapshotStoreClusterContractIT extends SnapshotStoreContract {

    private final NatsCluster cluster;
    private final Connection connection;
    private final String bucket = "contract-" + NUID.nextGlobal();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private Future<?> disturbance;

    NatsSnapshotStoreClusterContractIT(NatsCluster cluster) throws Exception {
        this.cluster = cluster;
        this.connection = cluster.connect();
    }

    @Override
    protected SnapshotStore createStore() throws Exception {
        return RetryingSnapshotStore.builder(NatsSnapshotStore.builder(connection, bucket)
                        .replicas(3)
                        .create())
                .patience(Duration.ofSeconds(30))
                .build();
    }

    @BeforeEach
    void disturb() throws Exception {
        createStore().close();
        NatsServer leader = cluster.leaderOf("OBJ_" + bucket + "-packs");
        disturbance = executor.submit(() -> {
            leader.kill();
            leader.start();
            return true;
        });
    }

    @AfterEach
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void settle() throws Exception {
        disturbance.get();
        executor.shutdown();
        deleteUntilGone("OBJ_" + bucket);
        deleteUntilGone("OBJ_" + bucket + "-packs");
        connection.close();
    }

    /** A cluster without a leader does not answer every request. */
    private void deleteUntilGone(String stream) throws Exception {
        while (true) {
            try {
                connection.jetStreamManagement().deleteStream(stream);
            } catch (JetStreamApiException e) {
                if (NatsFailures.isStreamMissing(e)) {
                    return;
                }
            } catch (IOException e) {
                assertThat(connection.getStatus()).isNotEqualTo(Connection.Status.CLOSED); // The request timed out.
            }
            Thread.sleep(100);
        }
    }
}

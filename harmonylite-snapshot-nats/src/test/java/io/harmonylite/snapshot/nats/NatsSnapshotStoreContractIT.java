package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import io.nats.client.Connection;
import io.nats.client.NUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NatsExtension.class)
class NatsSnapshotStoreContractIT extends SnapshotStoreContract {

    private final Connection connection;
    private final String bucket = "contract-" + NUID.nextGlobal();

    NatsSnapshotStoreContractIT(Connection connection) {
        this.connection = connection;
    }

    @Override
    protected SnapshotStore createStore() throws Exception {
        return NatsSnapshotStore.create(connection, bucket);
    }

    @AfterEach
    void deleteBuckets() throws Exception {
        connection.objectStoreManagement().delete(bucket);
        connection.objectStoreManagement().delete(bucket + "-packs");
    }
}

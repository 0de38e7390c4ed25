package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotPruneContract;
import io.nats.client.Connection;
import io.nats.client.NUID;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtendWith;

/** Prunes by the server's clock, in two buckets. */
@ExtendWith(NatsExtension.class)
class NatsPruneIT extends SnapshotPruneContract {

    private final Connection connection;

    NatsPruneIT(Connection connection) {
        this.connection = connection;
    }

    @Override
    protected SnapshotStore createStore() throws IOException {
        return NatsSnapshotStore.create(connection, "prune-" + NUID.nextGlobal());
    }
}

package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.Retention;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.NUID;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Pruning by the server's clock, over two buckets. */
@ExtendWith(NatsExtension.class)
class NatsPruneIT {

    private final io.nats.client.Connection connection;

    @TempDir
    Path directory;

    NatsPruneIT(io.nats.client.Connection connection) {
        this.connection = connection;
    }

    @Test
    void prune_retiresKeepsAndRemoves() throws Exception {
        SnapshotStore store = NatsSnapshotStore.create(connection, "prune-" + NUID.nextGlobal());
        Path database = directory.resolve("orders.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)");
        }
        try (SnapshotManager manager =
                SnapshotManager.builder("orders", database, store).build()) {
            SnapshotRepository repository = manager.repository();
            SnapshotId pinned = manager.take().id();
            repository.pin(pinned);
            SnapshotId one = manager.take().id();
            SnapshotId last = manager.take().id();
            PruneRequest request = PruneRequest.keeping(Retention.keepLast(1));

            PruneReport retired = repository.prune(request);
            assertThat(retired.retired()).containsExactly(one);
            assertThat(retired.removed()).isEmpty();
            assertThat(repository.list().snapshots()).hasSize(2);

            PruneReport removed = repository.prune(request.grace(Duration.ZERO));
            assertThat(removed.removed()).containsExactly(one);
            assertThat(removed.bytesFreed()).isEqualTo(retired.bytesWaiting());
            assertThat(store.list("orders/")).hasSize(5);
            for (SnapshotId kept : new SnapshotId[] {pinned, last}) {
                assertThat(manager.verify(kept, VerifyDepth.REBUILD).isSound()).isTrue();
            }
        }
    }
}

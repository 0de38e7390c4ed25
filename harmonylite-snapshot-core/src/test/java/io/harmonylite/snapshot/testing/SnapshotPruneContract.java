package io.harmonylite.snapshot.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.TakeRequest;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that pruning removes retired snapshots by the store's clock and keeps the others sound. Extend it for a store
 * and open the store in {@link #createStore}; its place must be empty at the beginning of each test.
 *
 * <p>Needs JUnit Jupiter 5 and AssertJ 3 on the test class path.
 */
public abstract class SnapshotPruneContract {

    @TempDir
    Path directory;

    /** Opens a store on the place of this test. The suite closes it. */
    protected abstract SnapshotStore createStore() throws Exception;

    @Test
    void prune_retiredSnapshot_isRemovedAfterGracePeriodAndOthersStay() throws Exception {
        try (SnapshotStore store = createStore();
                SnapshotManager manager =
                        SnapshotManager.builder("orders", database(), store).build()) {
            SnapshotRepository repository = manager.repository();
            SnapshotId pinned = manager.take(TakeRequest.full()).id();
            repository.pin(pinned);
            SnapshotId one = manager.take(TakeRequest.full()).id();
            SnapshotId last = manager.take(TakeRequest.full()).id();
            PruneRequest request = PruneRequest.retain(RetentionPolicy.keepLast(1));

            PruneReport retired = repository.prune(request);
            assertThat(retired.retired()).containsExactly(one);
            assertThat(retired.removed()).isEmpty();
            assertThat(repository.list().snapshots()).hasSize(2);

            PruneReport removed = repository.prune(request.gracePeriod(Duration.ZERO));
            assertThat(removed.removed()).containsExactly(one);
            assertThat(removed.bytesFreed()).isEqualTo(retired.bytesWaiting());
            assertThat(store.list("orders/")).hasSize(5);
            for (SnapshotId kept : new SnapshotId[] {pinned, last}) {
                assertThat(manager.verify(kept, VerifyDepth.REBUILD).isSound()).isTrue();
            }
        }
    }

    private Path database() throws SQLException {
        Path database = directory.resolve("orders.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)");
        }
        return database;
    }
}

package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests which names and retired snapshots a store shows. */
class StoreNamesTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> Instant.parse("2026-11-24T00:00:00Z"));
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)");
    }

    private SnapshotId take(String name) {
        return SnapshotManager.builder(name, database, store)
                .build()
                .take(TakeRequest.full())
                .id();
    }

    @Test
    void names_objectsOfOtherKinds_areIgnored() throws Exception {
        assertThat(SnapshotRepository.names(store)).isEmpty();
        SnapshotId id = take("orders");
        take("manifests");
        for (String other : new String[] {
            "x", "x/packs/" + id + "-000000", "x/manifests/later", "a/b/manifests/" + id, "manifests/" + id, "x/" + id
        }) {
            store.putIfAbsent(other, ObjectSource.of(new byte[1]));
        }
        assertThat(SnapshotRepository.names(store)).containsExactly("manifests", "orders");
    }

    @Test
    void retired_pinned_isStillInUse() {
        SnapshotRepository repository = SnapshotRepository.of("orders", store);
        SnapshotId one = take("orders");
        SnapshotId two = take("orders");
        take("orders");
        assertThat(repository.retired()).isEmpty();
        repository.prune(PruneRequest.retain(RetentionPolicy.keepLast(1)));
        assertThat(repository.retired()).containsExactlyInAnyOrder(one, two);
        assertThat(SnapshotRepository.names(store)).containsExactly("orders");
    }
}

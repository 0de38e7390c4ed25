package io.harmonylite.snapshot.internal.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreLayout;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits a snapshot whose packs are stored. The grace period is 24 hours. */
class CommitTest {

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-30T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private final SnapshotCatalog catalog = new SnapshotCatalog(store, new StoreLayout("orders"), () -> now);
    private Manifest manifest;

    @BeforeEach
    void storePacks() throws Exception {
        Path database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)");
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .clock(() -> now)
                .build()) {
            SnapshotId id = manager.take().id();
            manifest = catalog.read(id);
            store.delete("orders/manifests/" + id);
        }
    }

    private Commit commit(Duration age) {
        return new Commit(catalog, manifest.head().ordering(), () -> age);
    }

    @Test
    void run_inTime_isConfirmed() {
        Commit commit = commit(Duration.ofHours(12));
        commit.before(manifest, pack -> true);
        SnapshotInfo taken = commit.run(manifest);
        assertThat(taken.generation()).isEqualTo(1);
        assertThat(catalog.list().snapshots()).containsExactly(taken);
    }

    @Test
    void before_tooOldByTheMonotonicClock_fails() {
        assertThatThrownBy(() -> commit(Duration.ofHours(12).plusNanos(1)).before(manifest, pack -> true))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
    }

    /** The times of the store say that the snapshot is in time, and readers rely on that. So it must not be retired. */
    @Test
    void run_tooOldOnlyByTheMonotonicClock_isIndeterminateAndNotRetired() {
        assertThatThrownBy(() -> commit(Duration.ofHours(13)).run(manifest))
                .isInstanceOf(IndeterminateCommitException.class)
                .hasMessageContaining("verify");
        assertThat(catalog.list().snapshots()).hasSize(1);
        assertThat(store.list("orders/retired/")).isEmpty();
    }

    @Test
    void run_lateByTheStoresClock_isRetired() {
        now = now.plus(Duration.ofHours(12)).plusMillis(1);
        assertThatThrownBy(() -> commit(Duration.ZERO).run(manifest))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(store.list("orders/retired/")).hasSize(1);
    }
}

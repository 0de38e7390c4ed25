package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks a database far larger than the heap. Runs by {@code -Plarge}, which limits the heap to 64 MiB. */
@Tag("large")
class LargeDatabaseTest {

    private static final long MEBIBYTE = 1 << 20;
    private static final int BLOBS = 2048;

    @TempDir
    Path directory;

    @Test
    void roundTrip_twoGibibytesOfRandomBlobs_succeedsInASmallHeap() throws Exception {
        assertThat(Runtime.getRuntime().maxMemory()).isLessThanOrEqualTo(64 * MEBIBYTE);
        Path database = createBlobs();
        try (SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("store"));
                SnapshotManager manager =
                        SnapshotManager.builder("large", database, store).build()) {
            SnapshotInfo taken = manager.take();
            assertThat(taken.image().bytes()).isGreaterThan(BLOBS * MEBIBYTE);
            assertThat(taken.storedBytes()).isGreaterThan(BLOBS * MEBIBYTE);
            assertThat(manager.verify(taken.id(), VerifyDepth.STORED_BYTES).isSound())
                    .isTrue();
            assertRestores(manager, database);
        }
    }

    private Path createBlobs() throws Exception {
        Path database = directory.resolve("large.db");
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.run(
                    connection,
                    "PRAGMA journal_mode = OFF",
                    "PRAGMA synchronous = OFF",
                    "CREATE TABLE blob (id INTEGER PRIMARY KEY, content BLOB)",
                    TestDatabase.fill("blob", "content", "randomblob(1048576)", BLOBS));
        }
        return database;
    }

    private void assertRestores(SnapshotManager manager, Path database) throws Exception {
        Path original = directory.resolve("original.db");
        Files.move(database, original);
        manager.restore(RestoreRequest.latest());
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.run(connection, "ATTACH '" + original + "' AS original");
            String equal = "SELECT count(*) FROM main.blob AS a JOIN original.blob AS b USING (id, content)";
            assertThat(TestDatabase.value(connection, equal)).isEqualTo(String.valueOf(BLOBS));
            assertThat(TestDatabase.value(connection, "PRAGMA main.integrity_check"))
                    .isEqualTo("'ok'");
        }
    }
}

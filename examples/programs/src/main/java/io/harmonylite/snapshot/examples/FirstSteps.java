package io.harmonylite.snapshot.examples;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;

/** Takes, verifies and restores a snapshot. */
public final class FirstSteps {

    private FirstSteps() {}

    /** Backs up a database, which may be in use. */
    public static SnapshotInfo backUp(Path database, Path backups) throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.create(backups);
                SnapshotManager snapshots =
                        SnapshotManager.builder("orders", database, store).build()) {
            SnapshotInfo taken = snapshots.take();
            snapshots.verify(taken.id(), VerifyDepth.REBUILD).requireSound();
            return taken;
        }
    }

    /** Restores the latest snapshot. Close all connections to the database first. */
    public static void restore(Path database, Path backups) throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.open(backups);
                SnapshotManager snapshots =
                        SnapshotManager.builder("orders", database, store).build()) {
            snapshots.restore(RestoreRequest.latest());
        }
    }
}

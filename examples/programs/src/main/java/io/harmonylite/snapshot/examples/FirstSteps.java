package io.harmonylite.snapshot.examples;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;

/** Takes, verifies and restores, in the fewest words. */
public final class FirstSteps {

    private FirstSteps() {}

    /** Backs a database up; it may be in use. */
    public static SnapshotInfo backUp(Path database, Path backups) throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.create(backups);
                SnapshotManager snapshots =
                        SnapshotManager.builder("orders", database, store).build()) {
            SnapshotInfo taken = snapshots.take();
            VerifyReport report = snapshots.verify(taken.id(), VerifyDepth.REBUILD);
            report.problem().ifPresent(problem -> {
                throw problem;
            });
            return taken;
        }
    }

    /** Brings the latest snapshot back; no connection to the database may be open. */
    public static void bringBack(Path database, Path backups) throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.open(backups);
                SnapshotManager snapshots =
                        SnapshotManager.builder("orders", database, store).build()) {
            snapshots.restore(RestoreRequest.latest());
        }
    }
}

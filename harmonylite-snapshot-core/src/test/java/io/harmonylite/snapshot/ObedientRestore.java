package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.file.Path;

/** Restores the latest snapshot, or takes one, in a process that obeys file permissions, and prints the exception. */
final class ObedientRestore {

    private ObedientRestore() {}

    /** Arguments: store, database, scratch directory, {@code take} or {@code restore}. */
    public static void main(String[] arguments) throws IOException {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(arguments[0]))) {
            SnapshotManager manager = SnapshotManager.builder("orders", Path.of(arguments[1]), store)
                    .scratchDirectory(Path.of(arguments[2]))
                    .build();
            switch (arguments[3]) {
                case "take" -> manager.take();
                case "restore" -> manager.restore(RestoreRequest.latest());
                default -> throw new IllegalArgumentException(arguments[3]);
            }
            System.out.println("done");
        } catch (SnapshotException e) {
            System.out.println(e);
        }
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.file.Path;

/** Restores the latest snapshot in a process that halts before the rename that replaces the database. */
final class HaltedRestore {

    static final int STATUS = 42;

    private HaltedRestore() {}

    /** Arguments: store, database, kind of request. */
    public static void main(String[] arguments) throws IOException {
        Path database = Path.of(arguments[1]).toRealPath();
        HookedFileOperations halting = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (to.equals(database)) {
                    Runtime.getRuntime().halt(STATUS);
                }
                super.rename(from, to);
            }
        };
        RestoreRequest request = switch (arguments[2]) {
            case "plain" -> RestoreRequest.latest();
            case "keeping" -> RestoreRequest.latest().keepPrevious();
            case "damaged" -> RestoreRequest.latest().replaceDamaged();
            default -> throw new IllegalArgumentException(arguments[2]);
        };
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(arguments[0]))) {
            SnapshotManager.builder("orders", database, store)
                    .files(halting)
                    .build()
                    .restore(request);
        }
    }
}

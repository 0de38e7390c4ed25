package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens a map or restores a database that another class loader or process may hold, and reports the simple name of the
 * exception, or "done".
 */
public final class SecondHolder {

    private SecondHolder() {}

    /** Arguments: "map" and the map; or "restore", the store and the database. */
    public static void main(String[] arguments) throws IOException {
        System.out.println(tries(arguments));
    }

    /** Does what {@link #main} does, and returns the result. */
    public static String tries(String[] arguments) throws IOException {
        Path path = Path.of(arguments[1]);
        try {
            if (arguments[0].equals("map")) {
                FileSequenceMap.open(path).close();
            } else {
                restore(path, Path.of(arguments[2]));
            }
            return "done";
        } catch (SnapshotException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static void restore(Path stored, Path database) throws IOException {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(stored);
                SnapshotManager manager =
                        SnapshotManager.builder("orders", database, store).build()) {
            manager.restore(RestoreRequest.latest().online(() -> () -> {}));
        }
    }
}

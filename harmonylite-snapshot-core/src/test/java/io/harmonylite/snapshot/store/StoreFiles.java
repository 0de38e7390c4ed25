package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Path;

/** Opens stores on file operations that a test observes. */
public final class StoreFiles {

    private StoreFiles() {}

    /** Opens a store on the given file operations. */
    public static FileSystemSnapshotStore open(Path directory, FileOperations files) throws IOException {
        return FileSystemSnapshotStore.open(directory, files);
    }
}

package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Path;

/** Opens stores whose file operations a test watches. */
public final class StoreFiles {

    private StoreFiles() {}

    /** A store on file operations of the test's. */
    public static FileSystemSnapshotStore open(Path directory, FileOperations files) throws IOException {
        return FileSystemSnapshotStore.open(directory, files);
    }
}

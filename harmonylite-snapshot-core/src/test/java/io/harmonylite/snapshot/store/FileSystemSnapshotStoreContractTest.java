package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSystemSnapshotStoreContractTest extends SnapshotStoreContract {

    @TempDir
    Path directory;

    @Override
    protected SnapshotStore createStore() throws IOException {
        return FileSystemSnapshotStore.open(directory);
    }
}

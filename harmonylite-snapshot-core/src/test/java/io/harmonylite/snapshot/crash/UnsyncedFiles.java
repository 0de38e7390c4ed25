package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The system's file operations without syncs, which dominate the time of a test that cuts no power. */
public final class UnsyncedFiles extends HookedFileOperations {

    /** Creates file operations that skip every sync. */
    public UnsyncedFiles() {
        super((number, operation) -> {});
    }

    @Override
    public void sync(FileChannel channel) {
        // Only a power failure would show the difference.
    }

    @Override
    public void syncDirectory(Path directory) {
        // Only a power failure would show the difference.
    }
}

package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The system's file operations without syncs, which take most of the time. */
final class CarelessFiles extends HookedFileOperations {

    CarelessFiles() {
        super((number, operation) -> {});
    }

    @Override
    public void sync(FileChannel channel) {
        // No power is cut here any more.
    }

    @Override
    public void syncDirectory(Path directory) {
        // No power is cut here any more.
    }
}

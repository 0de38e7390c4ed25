package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.internal.file.FileOperations;
import java.nio.file.Path;

/** Opens maps whose file operations a test watches. */
public final class MapFiles {

    private MapFiles() {}

    /** A map on file operations of the test's. */
    public static FileSequenceMap open(Path file, FileOperations files) {
        return FileSequenceMap.builder(file).files(files).open();
    }
}

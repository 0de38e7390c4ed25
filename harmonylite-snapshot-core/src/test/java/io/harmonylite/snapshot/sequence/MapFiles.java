package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.internal.file.FileOperations;
import java.nio.file.Path;

/** Opens maps on file operations of a test. */
public final class MapFiles {

    private MapFiles() {}

    /** Opens a map on the given file operations. */
    public static FileSequenceMap open(Path file, FileOperations files) {
        return FileSequenceMap.builder(file).files(files).open();
    }
}

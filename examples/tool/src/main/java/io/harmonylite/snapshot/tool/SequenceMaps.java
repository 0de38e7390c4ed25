package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMapContents;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads sequence maps of this library and of HarmonyLite, also while they are in use. */
final class SequenceMaps {

    /** Says after a restore without a sequence map that one must be reset. */
    static final String RESET =
            "  map        not set: if the application keeps a sequence map file, it must be reset before"
                    + " the application goes on; 'recover' does that, as does a restore with --sequence-map";

    private SequenceMaps() {}

    /**
     * Reads a map without a lock, and writes nothing.
     *
     * @throws NoSuchFileException if the file does not exist
     */
    static SequenceMapContents read(Path file) throws NoSuchFileException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "the sequence map does not exist");
        }
        return FileSequenceMap.read(file);
    }
}

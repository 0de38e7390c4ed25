package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMapContents;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Sequence maps as the tool reads them: HarmonyLite's too, beside whoever writes them. */
final class SequenceMaps {

    private SequenceMaps() {}

    /** Reads a map that is there; takes no lock and writes nothing. */
    static SequenceMapContents read(Path file) throws NoSuchFileException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such sequence map");
        }
        return FileSequenceMap.read(file);
    }
}

package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.sequence.FileSequenceMap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sequence map of a command: the node's own, or a copy if nothing may be changed. */
final class WorkingMap implements Closeable {

    private final FileSequenceMap map;
    private final @Nullable Path copies;

    private WorkingMap(FileSequenceMap map, @Nullable Path copies) {
        this.map = map;
        this.copies = copies;
    }

    /** Opens the node's map. */
    static WorkingMap open(Path file, Adoption adoption) {
        return new WorkingMap(adoption.open(FileSequenceMap.builder(file)), null);
    }

    /** Opens a copy of the map as it is now. Closing deletes the copy. */
    static WorkingMap openCopy(Path file, Adoption adoption) throws IOException {
        Path copies = Files.createTempDirectory("snapshot-tool-");
        Path copy = copies.resolve("map");
        try {
            if (Files.exists(file)) {
                Files.copy(file, copy);
            }
            return new WorkingMap(adoption.open(FileSequenceMap.builder(copy).withoutBinding()), copies);
        } catch (IOException | RuntimeException e) {
            delete(copies);
            throw e;
        }
    }

    FileSequenceMap map() {
        return map;
    }

    @Override
    public void close() throws IOException {
        map.close();
        if (copies != null) {
            delete(copies);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** The policy for a map that HarmonyLite wrote: adopt or reject it. */
    enum Adoption {
        REJECTED {
            @Override
            FileSequenceMap open(FileSequenceMap.Builder map) {
                return map.open();
            }
        },
        ALLOWED {
            @Override
            FileSequenceMap open(FileSequenceMap.Builder map) {
                return map.adopt();
            }
        };

        abstract FileSequenceMap open(FileSequenceMap.Builder map);
    }
}

package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.sequence.FileSequenceMap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sequence map a command works with: the node's own, or where nothing may be changed a copy of it. */
final class WorkingMap implements Closeable {

    private final FileSequenceMap map;
    private final @Nullable Path copies;

    private WorkingMap(FileSequenceMap map, @Nullable Path copies) {
        this.map = map;
        this.copies = copies;
    }

    /** Opens the map itself. */
    static WorkingMap open(Path file, Takeover takeover) {
        return new WorkingMap(takeover.open(file), null);
    }

    /** Opens a copy of the map as it is now, which goes when it is closed. */
    static WorkingMap openCopy(Path file, Takeover takeover) throws IOException {
        Path copies = Files.createTempDirectory("snapshot-tool-");
        Path copy = copies.resolve("map");
        try {
            if (Files.exists(file)) {
                Files.copy(file, copy);
            }
            return new WorkingMap(takeover.open(copy), copies);
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

    /** Whether a map of HarmonyLite's is taken over. */
    enum Takeover {
        REFUSED {
            @Override
            FileSequenceMap open(Path file) {
                return FileSequenceMap.open(file);
            }
        },
        ALLOWED {
            @Override
            FileSequenceMap open(Path file) {
                return FileSequenceMap.adopt(file);
            }
        };

        abstract FileSequenceMap open(Path file);
    }
}

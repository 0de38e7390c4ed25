package io.harmonylite.snapshot.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All files below a directory at one moment, by relative path; a directory comes before its files. Immutable.
 *
 * @param entries the entries by relative path
 */
record Tree(SortedMap<String, Entry> entries) {

    /**
     * An entry of a directory.
     *
     * @param file identifies the file under all its names while it exists; {@link #DIRECTORY} for every directory
     * @param content the content
     * @param modified the time of its last change
     */
    record Entry(long file, Content content, FileTime modified) {

        static final long DIRECTORY = 0;

        boolean isDirectory() {
            return file == DIRECTORY;
        }
    }

    /**
     * Returns the names and contents that a crash leaves. The content of a {@code -shm} file is left out: SQLite
     * ignores it when it opens a database that no other process uses.
     */
    Map<String, Content> state() {
        return entries.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getKey().endsWith("-shm")
                                ? Content.EMPTY
                                : entry.getValue().content()));
    }

    /** Returns the state below a folder. */
    Map<String, Content> state(String folder) {
        return new Tree(new TreeMap<>(entries.subMap(folder + "/", folder + "0"))).state();
    }

    boolean has(String path) {
        return entries.containsKey(path);
    }

    /** Deletes a directory with everything below it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Writes the files below an empty directory. */
    void write(Path root) throws IOException {
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            Path path = root.resolve(entry.getKey());
            if (entry.getValue().isDirectory()) {
                Files.createDirectory(path);
            } else {
                Files.write(path, entry.getValue().content().bytes());
                Files.setLastModifiedTime(path, entry.getValue().modified());
            }
        }
    }
}

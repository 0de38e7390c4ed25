package io.harmonylite.snapshot.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All files below a directory at one moment, by relative path; a directory comes before what is in it. Immutable.
 *
 * @param entries what the names stand for
 */
record Tree(SortedMap<String, Entry> entries) {

    /**
     * What a name stands for.
     *
     * @param file the same for all names of a file as long as it lives; {@link #DIRECTORY} for every directory
     * @param content what is in it
     * @param modified when that was changed
     */
    record Entry(long file, Content content, FileTime modified) {

        static final long DIRECTORY = 0;

        boolean isDirectory() {
            return file == DIRECTORY;
        }
    }

    /**
     * What a crash leaves of it, for whoever comes then: names and contents. What a {@code -shm} holds is not looked at by
     * whoever opens a database that nobody has open.
     */
    Map<String, Content> state() {
        return entries.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getKey().endsWith("-shm")
                                ? Content.EMPTY
                                : entry.getValue().content()));
    }

    /** The part of it below a folder. */
    Map<String, Content> state(String folder) {
        return new Tree(new TreeMap<>(entries.subMap(folder + "/", folder + "0"))).state();
    }

    boolean has(String path) {
        return entries.containsKey(path);
    }

    /** Makes it below an empty directory. */
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

package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.crash.Tree.Entry;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the files of another process repeatedly, and identifies each by its inode; the inode of a deleted file may be used
 * again. Must not read files of its own process: closing one would drop SQLite's locks on it. Not thread-safe.
 */
final class TreeReader {

    /** Timestamps of files are at least this precise. */
    private static final long PRECISION_MILLIS = 50;

    private final Path root;
    private final Map<Content, Content> contents = new HashMap<>();
    private Map<Object, Known> known = new HashMap<>();
    private long last;

    TreeReader(Path root) {
        this.root = root;
    }

    Tree read() throws IOException {
        Map<Object, Known> seen = new HashMap<>();
        TreeMap<String, Entry> entries = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!directory.equals(root)) {
                    entries.put(
                            name(directory), new Entry(Entry.DIRECTORY, Content.EMPTY, attributes.lastModifiedTime()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Known current = read(file, attributes, seen);
                entries.put(name(file), new Entry(current.id, current.content, attributes.lastModifiedTime()));
                return FileVisitResult.CONTINUE;
            }
        });
        known = seen;
        return new Tree(entries);
    }

    private String name(Path path) {
        return root.relativize(path).toString();
    }

    private Known read(Path file, BasicFileAttributes attributes, Map<Object, Known> seen) throws IOException {
        Known before = known.getOrDefault(attributes.fileKey(), seen.get(attributes.fileKey()));
        Known now = before != null && before.isUnchanged(file, attributes)
                ? before
                : new Known(
                        before == null ? ++last : before.id,
                        attributes.lastModifiedTime(),
                        System.currentTimeMillis(),
                        contents.computeIfAbsent(new Content(Files.readAllBytes(file)), same -> same));
        seen.put(attributes.fileKey(), now);
        return now;
    }

    /** A file as it was last read. */
    private record Known(long id, FileTime modified, long readAtMillis, Content content) {

        /**
         * Returns if the timestamp proves that the file was not written since. Writes to mapped memory do not change
         * it.
         */
        boolean isUnchanged(Path file, BasicFileAttributes attributes) {
            return attributes.lastModifiedTime().equals(modified)
                    && attributes.size() == content.length()
                    && modified.toMillis() < readAtMillis - PRECISION_MILLIS
                    && !file.toString().endsWith("-shm");
        }
    }
}

package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.crash.Tree.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Looks at files of another process, again and again, and knows them by their numbers: the number of a file that is gone
 * may be given to another one. Never of this process's own: closing a file would drop SQLite's locks on it.
 */
final class TreeReader {

    private final Path root;
    private final Map<Content, Content> contents = new HashMap<>();
    private Map<Long, Long> known = new HashMap<>();
    private long last;

    TreeReader(Path root) {
        this.root = root;
    }

    Tree read() throws IOException {
        Map<Long, Long> seen = new HashMap<>();
        TreeMap<String, Entry> entries = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            List<Path> all = paths.filter(path -> !path.equals(root)).toList();
            for (Path path : all) {
                entries.put(root.relativize(path).toString(), entry(path, seen));
            }
        }
        known = seen;
        return new Tree(entries);
    }

    private Entry entry(Path path, Map<Long, Long> seen) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            return new Entry(Entry.DIRECTORY, Content.EMPTY, attributes.lastModifiedTime());
        }
        Content content = new Content(Files.readAllBytes(path));
        Content shared = contents.computeIfAbsent(content, same -> same);
        return new Entry(idOf(path, seen), shared, attributes.lastModifiedTime());
    }

    private long idOf(Path path, Map<Long, Long> seen) throws IOException {
        long number = ((Number) Files.getAttribute(path, "unix:ino")).longValue();
        Long before = known.get(number);
        long id = before == null ? seen.getOrDefault(number, last + 1) : before;
        last = Math.max(last, id);
        seen.put(number, id);
        return id;
    }
}

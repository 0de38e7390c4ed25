package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds other names of a file: links, and mounts of that file alone, in this mount namespace. Never opens it. */
public final class OtherNames {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
    private static final int MAX_LINKS = 40;
    private static final int OCTAL = 8;
    private static final int ROOT = 3;
    private static final int MOUNT_POINT = 4;

    private OtherNames() {}

    /** Returns the target of a path that is a symbolic link, also if the target does not exist; else the path. */
    public static Path followLinks(Path start) throws IOException {
        Path path = start;
        for (int links = 0; Files.isSymbolicLink(path); links++) {
            if (links == MAX_LINKS) {
                throw new IOException("too many symbolic links");
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        return path;
    }

    /** Returns whether a file has more than one hard link, not counting those that {@code own} accepts. */
    public static boolean isLinked(Path file, Predicate<Path> own) throws IOException {
        try {
            while (true) {
                int links = links(file);
                if (links == 1 || links - 1 <= ownLinks(file, own)) {
                    return false;
                }
                if (links == links(file)) {
                    return true;
                }
                // A restore has just created or removed a link of its own.
            }
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int links(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    }

    private static int ownLinks(Path file, Predicate<Path> own) throws IOException {
        int links = 0;
        try (Stream<Path> siblings = Files.list(file.resolveSibling(""))) {
            for (Path sibling : siblings.toList()) {
                links += own.test(sibling) && !Files.isSymbolicLink(sibling) && isSame(sibling, file) ? 1 : 0;
            }
        }
        return links;
    }

    /** Returns the place where a file alone is mounted; empty if there is none, or the system has no list of mounts. */
    public static Optional<Path> mount(Path file) throws IOException {
        if (!Files.exists(file) || !Files.exists(MOUNTS)) {
            return Optional.empty();
        }
        String path = PathBytes.of(file);
        String name = path.substring(path.lastIndexOf('/'));
        List<String> mounts = Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1);
        for (String mount : mounts) {
            String[] fields = mount.split(" ", MOUNT_POINT + 2);
            String point = unescaped(fields[MOUNT_POINT]);
            // The name is compared first, so that no other mount is accessed: its server may not answer.
            if ((point.endsWith(name) || unescaped(fields[ROOT]).endsWith(name))
                    && isSame(PathBytes.path(point), file)) {
                return Optional.of(PathBytes.path(point));
            }
        }
        return Optional.empty();
    }

    private static boolean isSame(Path other, Path file) {
        try {
            return Files.isSameFile(other, file);
        } catch (IOException e) {
            return false; // It was deleted, is hidden by another mount, or this process may not enter its directory.
        }
    }

    private static String unescaped(String field) {
        return ESCAPED.matcher(field).replaceAll(match -> PathBytes.quoted(Integer.parseInt(match.group(1), OCTAL)));
    }
}

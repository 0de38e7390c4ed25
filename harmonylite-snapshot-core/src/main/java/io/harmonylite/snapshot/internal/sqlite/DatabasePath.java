package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.InstallMethod;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.OtherNames;
import io.harmonylite.snapshot.internal.file.PathBytes;
import io.harmonylite.snapshot.internal.file.ScratchSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Path of a database, with symbolic links resolved, because SQLite keeps sidecars next to the target of a link. Never
 * opens the file. Immutable.
 */
public final class DatabasePath {

    private static final String JOURNAL = "-journal";
    private static final String WAL = "-wal";
    private static final List<String> SIDECARS = List.of(WAL, "-shm", JOURNAL);

    /** Limit of the usual file systems. */
    private static final int MAX_NAME_BYTES = 255;

    /** SQLite's limit of 512 bytes for the path of a journal, without the longest name in a scratch directory. */
    private static final int MAX_PATH_BYTES = 512 - ScratchSpace.MAX_SUFFIX_BYTES - "/compact.db-journal".length();

    /** Infix of the name under which a sound database is kept when it is replaced. */
    public static final String PREVIOUS = ".previous-";

    /** Infix of the name under which a damaged database is kept when it is replaced. */
    public static final String DAMAGED = ".damaged-";

    private final Path path;

    private DatabasePath(Path path) {
        this.path = path;
    }

    /**
     * Resolves a path. The file need not exist. Rejects a directory that does not, a path that is no regular file, too
     * long, or cannot be resolved, and a file that has more than one link or alone is mounted.
     */
    public static DatabasePath resolve(Path database) {
        return resolve(database, InstallMethod.SWAP);
    }

    /** Resolves a path for a restore. An online one may have a file that is mounted alone: it is not replaced. */
    public static DatabasePath resolve(Path database, InstallMethod method) {
        try {
            requireExpressible(database);
            Path path = OtherNames.followLinks(database.toAbsolutePath());
            Path directory = path.getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw new SnapshotConfigurationException("the directory of " + database + " does not exist");
            }
            Path resolved = directory.toRealPath().resolve(path.getFileName());
            if (Files.exists(resolved) && !Files.isRegularFile(resolved)) {
                throw new SnapshotConfigurationException(database + " is not a regular file");
            }
            requireExpressible(resolved);
            requireShort(resolved);
            requireOneLink(resolved);
            if (method == InstallMethod.SWAP) {
                requireNotMounted(resolved);
            }
            return new DatabasePath(resolved);
        } catch (IOException e) {
            throw new SnapshotConfigurationException(database + " cannot be resolved: " + e.getMessage(), e);
        }
    }

    private static void requireExpressible(Path path) {
        if (!PathBytes.isExpressible(path)) {
            throw new SnapshotConfigurationException(path.toAbsolutePath()
                    + " has characters that the locale of this process cannot express; set LC_ALL=C.UTF-8");
        }
    }

    private static void requireShort(Path resolved) {
        String path = PathBytes.of(resolved);
        int name = path.length() - path.lastIndexOf('/') - 1;
        requireShort(resolved, "name", name, MAX_NAME_BYTES - ScratchSpace.MAX_SUFFIX_BYTES);
        requireShort(resolved, "path", path.length(), MAX_PATH_BYTES);
    }

    private static void requireShort(Path resolved, String what, int bytes, int max) {
        if (bytes > max) {
            throw new SnapshotConfigurationException("the " + what + " of " + resolved + " is too long: it has " + bytes
                    + " bytes, and with the names of sidecars and scratch files only " + max
                    + " are possible; rename or move the database");
        }
    }

    /** Rejects a second link, except one that a restore creates while it replaces the database. */
    private static void requireOneLink(Path resolved) throws IOException {
        if (OtherNames.isLinked(resolved, link -> isOfRestore(resolved, link))) {
            throw new SnapshotConfigurationException(
                    resolved + " has more than one hard link, so commits may lie in the"
                            + " -wal of another name, where they are not seen; remove the other links (find them with find"
                            + " -samefile), or copy the file while it is not in use");
        }
    }

    /** Returns whether a link is a replaced file that a restore kept; it has no sidecars unless it is in use. */
    private static boolean isOfRestore(Path resolved, Path link) {
        String kept = link.toString().startsWith(resolved.toString())
                ? link.toString().substring(resolved.toString().length())
                : "";
        return kept.matches(Pattern.quote(DAMAGED) + "[0-9a-f]+")
                || (kept.matches(Pattern.quote(PREVIOUS) + "[0-9a-f]+")
                        && sidecarsOf(link).stream().noneMatch(Files::exists));
    }

    private static void requireNotMounted(Path resolved) throws IOException {
        Optional<Path> mount = OtherNames.mount(resolved);
        if (mount.isPresent()) {
            throw new SnapshotConfigurationException(resolved + " is mounted as a single file at " + mount.get()
                    + ", so commits may lie in the -wal of another name, where they are not seen, and the file cannot be"
                    + " replaced; mount its directory instead. If every connection uses this path, it can be restored"
                    + " online (--online)");
        }
    }

    /** Returns the database file. */
    public Path file() {
        return path;
    }

    /** Returns the directory of the database file. */
    public Path directory() {
        return Objects.requireNonNull(path.getParent(), "a resolved path has a directory");
    }

    /** Returns the path in the same directory whose name is the database's, followed by {@code suffix}. */
    public Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** Returns the paths of SQLite's sidecars {@code -wal}, {@code -shm} and {@code -journal}, which may be missing. */
    public List<Path> sidecars() {
        return sidecarsOf(path);
    }

    public static List<Path> sidecarsOf(Path database) {
        return SIDECARS.stream()
                .map(suffix -> database.resolveSibling(database.getFileName() + suffix))
                .toList();
    }

    /** Returns the path of SQLite's rollback journal. */
    public Path journal() {
        return sibling(JOURNAL);
    }

    /** Returns the path of SQLite's write-ahead log. */
    public Path wal() {
        return sibling(WAL);
    }

    /** Returns whether there is a WAL file that is not empty. */
    public boolean hasWal() {
        return walBytes() > 0;
    }

    /** Returns the size of the WAL file in bytes; 0 if it does not exist. */
    public long walBytes() {
        try {
            return size(wal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the size of the database file in bytes; 0 if it does not exist. */
    public long size() throws IOException {
        return size(path);
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Returns whether the database file is missing or has 0 bytes. */
    public boolean isMissingOrEmpty() throws IOException {
        return size() == 0;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

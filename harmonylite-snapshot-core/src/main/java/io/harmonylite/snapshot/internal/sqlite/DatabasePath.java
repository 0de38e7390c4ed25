package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Path of a database, with symbolic links resolved, because SQLite keeps sidecars next to the target of a link. Reads
 * only names, sizes and attributes, and never opens the file. Immutable.
 */
public final class DatabasePath {

    private static final String JOURNAL = "-journal";
    private static final String WAL = "-wal";
    private static final List<String> SIDECARS = List.of(WAL, "-shm", JOURNAL);
    private static final int MAX_LINKS = 40;

    private final Path path;

    private DatabasePath(Path path) {
        this.path = path;
    }

    /**
     * Resolves a path. The file need not exist.
     *
     * @throws SnapshotConfigurationException if the directory does not exist, the path is not that of a regular file,
     *     or it cannot be resolved
     */
    public static DatabasePath resolve(Path database) {
        try {
            Path path = followLinks(database.toAbsolutePath());
            Path directory = path.getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw new SnapshotConfigurationException("the directory of " + database + " does not exist");
            }
            Path resolved = directory.toRealPath().resolve(path.getFileName());
            if (Files.exists(resolved) && !Files.isRegularFile(resolved)) {
                throw new SnapshotConfigurationException(database + " is not a regular file");
            }
            return new DatabasePath(resolved);
        } catch (IOException e) {
            throw new SnapshotConfigurationException(database + " cannot be resolved: " + e.getMessage(), e);
        }
    }

    private static Path followLinks(Path start) throws IOException {
        Path path = start;
        for (int links = 0; Files.isSymbolicLink(path); links++) {
            if (links == MAX_LINKS) {
                throw new IOException("too many symbolic links");
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        return path;
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

    /**
     * Returns the paths of SQLite's sidecars: {@code -wal}, {@code -shm}, {@code -journal}. The files need not exist.
     */
    public List<Path> sidecars() {
        return sidecarsOf(path);
    }

    /** Returns the paths of the sidecars of a database with this path. */
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

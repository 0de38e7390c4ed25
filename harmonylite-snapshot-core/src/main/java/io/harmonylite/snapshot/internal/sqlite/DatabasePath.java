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
 * The path of a database, with symbolic links followed, since SQLite keeps sidecars beside a link's target. Only names,
 * sizes and attributes are looked at; the file is never opened. Immutable.
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
     * Resolves a path, whether there is a file or not.
     *
     * @throws SnapshotConfigurationException where its directory is missing, or it is no regular file
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

    /** The file itself. */
    public Path file() {
        return path;
    }

    /** The directory it lies in. */
    public Path directory() {
        return Objects.requireNonNull(path.getParent(), "a resolved path has a directory");
    }

    /** Its name followed by {@code suffix}, in the same directory. */
    public Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** The sidecars SQLite may keep beside it: {@code -wal}, {@code -shm}, {@code -journal}. */
    public List<Path> sidecars() {
        return sidecarsOf(path);
    }

    /** The sidecars SQLite would keep beside a database of this name. */
    static List<Path> sidecarsOf(Path database) {
        return SIDECARS.stream()
                .map(suffix -> database.resolveSibling(database.getFileName() + suffix))
                .toList();
    }

    /** Where SQLite keeps its rollback journal. */
    public Path journal() {
        return sibling(JOURNAL);
    }

    /** Where SQLite keeps its write-ahead log. */
    public Path wal() {
        return sibling(WAL);
    }

    /** Whether a write-ahead log with anything in it lies beside it. */
    public boolean hasWal() {
        return walBytes() > 0;
    }

    /** Bytes of the write-ahead log beside it; 0 where there is none. */
    public long walBytes() {
        try {
            return size(wal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its size in bytes, 0 where it does not exist. */
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

    /** Whether there is nothing in it, or it does not exist. */
    public boolean isMissingOrEmpty() throws IOException {
        return size() == 0;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

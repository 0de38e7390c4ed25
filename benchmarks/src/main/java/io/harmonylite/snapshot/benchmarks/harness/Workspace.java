package io.harmonylite.snapshot.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the runs on one database find and leave their files. Immutable.
 *
 * @param root directory of everything about this database
 */
record Workspace(Path root) {

    /** The database that is measured; no run changes it, but for the rows that writers add. */
    Path database() {
        return root.resolve("database.db");
    }

    /** A store with one snapshot of the database. */
    Path preparedStore() {
        return root.resolve("prepared-store");
    }

    /** The snapshot that the original's pipeline makes of the database. */
    Path originalSnapshot() {
        return root.resolve("original-snapshot.db");
    }

    /** What one run leaves behind; empty at its start. */
    Path run() {
        return root.resolve("run");
    }

    /** Scratch and staged files of one run. */
    Path scratch() {
        return run().resolve("scratch");
    }

    /** The store of one run. */
    Path store() {
        return run().resolve("store");
    }

    /** The database that one run restores onto. */
    Path target() {
        return scratch().resolve("target.db");
    }

    /** Empties what the run before left. */
    void clear() throws IOException {
        deleteAll(run());
        Files.createDirectories(scratch());
    }

    static void deleteAll(Path directory) throws IOException {
        for (Path path :
                filesBelow(directory).stream().sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(path);
        }
    }

    static List<Path> filesBelow(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Bytes in the files below a directory, which may change meanwhile. */
    static long bytesBelow(Path directory) throws IOException {
        long bytes = 0;
        for (Path path : filesBelow(directory)) {
            bytes += Files.isRegularFile(path) ? size(path) : 0;
        }
        return bytes;
    }

    static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0; // It went between listing and looking.
        }
    }
}

package io.harmonylite.snapshot.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Files of benchmarks, for their constructors: those that JMH generates throw nothing. */
final class BenchmarkFiles {

    private BenchmarkFiles() {}

    /** A new directory on the disk that is measured. */
    static Path createDirectory() {
        try {
            return Files.createTempDirectory("sequence-map");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new file. */
    static FileChannel create(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new database. */
    static Connection connect(Path file) {
        try {
            return DriverManager.getConnection("jdbc:sqlite:" + file);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

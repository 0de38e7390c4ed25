package io.harmonylite.snapshot.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import org.sqlite.SQLiteConnection;

/**
 * The figures of {@code docs/adr/0001}: how long a live database is held, and how long the whole takes, for two ways to a
 * compact copy. Argument: a directory with room for three times 256 MiB.
 */
public final class CaptureFigures {

    private static final int ROWS = 256 * 1024;
    private static final int ROUNDS = 5;

    private CaptureFigures() {}

    /** Measures and prints medians. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Path live = directory.resolve("live.db");
        Path one = directory.resolve("one.db");
        Path two = directory.resolve("two.db");
        try {
            create(live);
            double[] copy = new double[ROUNDS];
            double[] into = new double[ROUNDS];
            double[] again = new double[ROUNDS];
            double[] fromCopy = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                copy[round] = timed(() -> copy(live, one));
                fromCopy[round] = timed(() -> vacuumInto(one, two));
                delete(one, two);
                into[round] = timed(() -> vacuumInto(live, one));
                again[round] = timed(() -> run(one, "VACUUM"));
                delete(one);
            }
            print("page copy in a held read transaction (live database held)", copy);
            print("  then VACUUM INTO from the copy (live database free)", fromCopy);
            print("VACUUM INTO from the live database (held)", into);
            print("  then VACUUM of the copy (free)", again);
        } finally {
            delete(live, one, two);
        }
    }

    private static void create(Path live) throws SQLException {
        run(
                live,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB, y TEXT)",
                "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS + ")"
                        + " SELECT i, randomblob(900), 'text ' || i FROM n",
                "CREATE INDEX t_by_y ON t (y)");
    }

    private static void copy(Path live, Path target) throws SQLException {
        try (Connection connection = open(live)) {
            run(connection, "BEGIN", "SELECT count(*) FROM sqlite_schema");
            int code = connection
                    .unwrap(SQLiteConnection.class)
                    .getDatabase()
                    .backup("main", target.toString(), null, 100, 50, 4096);
            if (code != 0) {
                throw new SQLException("the copy failed: " + code);
            }
        }
    }

    private static void vacuumInto(Path from, Path to) throws SQLException {
        run(from, "VACUUM INTO '" + to + "'");
    }

    private static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private static void run(Path file, String... statements) throws SQLException {
        try (Connection connection = open(file)) {
            run(connection, statements);
        }
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void delete(Path... files) throws Exception {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    private static double timed(Action action) throws Exception {
        long start = System.nanoTime();
        action.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static void print(String what, double[] seconds) {
        Arrays.sort(seconds);
        System.out.printf(Locale.ROOT, "%-60s median %.2f s, best %.2f s%n", what, seconds[ROUNDS / 2], seconds[0]);
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }
}

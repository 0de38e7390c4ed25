package io.harmonylite.snapshot.examples;

import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** Takes a snapshot of a real database, verifies it, deletes the database, restores it, and compares every row. */
public final class QuickStart {

    private final Path directory;
    private final PrintStream out;

    /** Creates the example in an empty directory. */
    QuickStart(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /**
     * Runs in a temporary directory, and deletes it. Exits with status 1 if a row or the schema differs.
     *
     * @param args unused
     */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("harmonylite-quickstart-");
        boolean identical;
        try {
            identical = new QuickStart(directory, System.out).run();
        } finally {
            remove(directory);
        }
        if (!identical) {
            System.exit(1);
        }
    }

    /** Returns whether the restored database equals the deleted one. */
    boolean run() throws Exception {
        Path database = directory.resolve("chinook.db");
        DatabaseContents before = begin(database);
        try (SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("backup"));
                SnapshotManager snapshots = SnapshotManager.builder("chinook", database, store)
                        .node("quickstart")
                        .build()) {
            SnapshotInfo taken = take(snapshots);
            verify(snapshots, taken);
            lose(database);
            restore(snapshots);
        }
        return compare(before, DatabaseContents.read(database));
    }

    private DatabaseContents begin(Path database) throws IOException, SQLException {
        try (InputStream bundled =
                Objects.requireNonNull(QuickStart.class.getResourceAsStream("chinook.db"), "bundled with the class")) {
            Files.copy(bundled, database);
        }
        DatabaseContents contents = DatabaseContents.read(database);
        say("Take a snapshot, lose the database, restore it");
        say("==============================================");
        say("in " + directory);
        step(
                "Database",
                "%s, a music shop: %,d tables, %,d rows",
                database.getFileName(),
                contents.rows().size(),
                contents.rowCount());
        return contents;
    }

    private SnapshotInfo take(SnapshotManager snapshots) {
        long start = System.nanoTime();
        SnapshotInfo taken = snapshots.take();
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        step("Take", "snapshot %s", taken.id());
        also(
                "%,d KiB of pages became %,d KiB in the store, in %d ms",
                kib(taken.image().bytes()), kib(taken.storedBytes()), elapsed.toMillis());
        return taken;
    }

    private void verify(SnapshotManager snapshots, SnapshotInfo taken) {
        VerifyReport report = snapshots.verify(taken.id(), VerifyDepth.REBUILD).requireSound();
        step(
                "Verify",
                "every stored byte matches its digest; the rebuilt database passes integrity_check, in %d ms",
                report.elapsed().toMillis());
    }

    private void lose(Path database) throws IOException {
        Files.delete(database);
        step("Lose", "deleted %s", database.getFileName());
        try {
            DatabaseContents.read(database);
            throw new IllegalStateException("the deleted database still opens");
        } catch (SQLException e) {
            also("SQLite reports: %s", String.valueOf(e.getMessage()));
        }
    }

    private void restore(SnapshotManager snapshots) {
        RestoreReport report = snapshots.restore(RestoreRequest.latest());
        step(
                "Restore",
                "snapshot fetched, verified and installed by one rename, in %d ms",
                report.elapsed().toMillis());
    }

    /** Prints a comparison by table, and returns whether both are equal. */
    boolean compare(DatabaseContents before, DatabaseContents after) {
        step("Compare", "schema: %s", before.schema().equals(after.schema()) ? "identical" : "DIFFERENT");
        before.rows()
                .forEach((table, rows) -> also(
                        "%-14s %,6d of %,6d rows identical", table, before.identicalRows(table, after), rows.size()));
        boolean identical = before.equals(after);
        say("");
        say(
                identical
                        ? String.format(Locale.ROOT, "All %,d rows are restored and identical.", before.rowCount())
                        : "The restored database DIFFERS from the deleted one.");
        return identical;
    }

    private void step(String name, String format, Object... values) {
        say("");
        say(String.format(Locale.ROOT, "%-11s ", name) + String.format(Locale.ROOT, format, values));
    }

    private void also(String format, Object... values) {
        say(" ".repeat(12) + String.format(Locale.ROOT, format, values));
    }

    private void say(String line) {
        out.println(line);
    }

    private static long kib(long bytes) {
        return bytes >> 10;
    }

    static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}

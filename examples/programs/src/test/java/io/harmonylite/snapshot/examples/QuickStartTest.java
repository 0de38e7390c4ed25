package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void run_bundledDatabase_isTakenLostRestoredAndIdentical() throws Exception {
        assertThat(new QuickStart(directory, out).run()).isTrue();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "11 tables, 15,607 rows",
                        "Take        snapshot 2",
                        "passes integrity_check",
                        "Lose        deleted chinook.db",
                        "SQLITE_CANTOPEN",
                        "Restore     snapshot fetched",
                        "Track           3,503 of  3,503 rows identical",
                        "All 15,607 rows are restored and identical.");
        assertThat(directory).isDirectoryContaining(file -> file.endsWith("chinook.db"));
    }

    /** The picture was drawn from real output; ids, times and the directory differ from run to run. */
    @Test
    void run_bundledDatabase_printsWhatTheReadmeShows() throws Exception {
        assertThat(new QuickStart(directory, out).run()).isTrue();
        List<String> shown = Pattern.compile("<text[^>]*>([^<]*)</text>")
                .matcher(Files.readString(Path.of("../../docs/quick-start.svg")))
                .results()
                .map(line -> line.group(1))
                .toList();
        assertThat(shown.get(0)).isEqualTo("$ java -jar examples/programs/target/examples.jar");
        assertThat(alike(shown.stream().skip(1)))
                .isEqualTo(
                        alike(printed.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.isEmpty())));
    }

    private static List<String> alike(Stream<String> lines) {
        return lines.map(line -> line.replaceAll("in /\\S+", "in /")
                        .replaceAll("snapshot 2\\S+", "snapshot 2")
                        .replaceAll("in \\d+ ms", "in 0 ms"))
                .toList();
    }

    @Test
    void compare_oneValueDiffers_isNotIdentical() throws Exception {
        QuickStart quickStart = new QuickStart(directory, out);
        assertThat(quickStart.run()).isTrue();
        Path database = directory.resolve("chinook.db");
        DatabaseContents before = DatabaseContents.read(database);
        change(database, "UPDATE Track SET Milliseconds = Milliseconds + 1 WHERE TrackId = 3000");
        assertThat(quickStart.compare(before, DatabaseContents.read(database))).isFalse();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("Track           3,502 of  3,503 rows identical", "DIFFERS from the deleted one");
    }

    @Test
    void compare_rowOrSchemaDiffers_isNotIdentical() throws Exception {
        QuickStart quickStart = new QuickStart(directory, out);
        assertThat(quickStart.run()).isTrue();
        Path database = directory.resolve("chinook.db");
        DatabaseContents before = DatabaseContents.read(database);
        change(database, "CREATE TABLE extra (x)");
        assertThat(quickStart.compare(before, DatabaseContents.read(database))).isFalse();
        change(database, "DROP TABLE extra");
        assertThat(quickStart.compare(before, DatabaseContents.read(database))).isTrue();
        change(database, "DELETE FROM PlaylistTrack WHERE rowid = 8715");
        assertThat(quickStart.compare(before, DatabaseContents.read(database))).isFalse();
    }

    private static void change(Path database, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

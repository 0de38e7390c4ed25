package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMapContents;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreCommandTest {

    @TempDir
    Path directory;

    private Sample sample;
    private String one;
    private String two;

    @BeforeEach
    void takeTwo() throws Exception {
        sample = Sample.create(directory);
        one = sample.take("--position", "changes=7");
        sample.sql("INSERT INTO orders (what) VALUES ('salt')");
        two = sample.take("--position", "changes=8");
        sample.sql("DELETE FROM orders");
    }

    private String orders() throws Exception {
        return Sample.value(sample.database(), "SELECT count(*) FROM orders");
    }

    @Test
    void restore_lostDatabase_restoresTheLatest() throws Exception {
        sample.lose();
        assertThat(Tool.run(sample.onDatabase("restore")).succeeded().out())
                .startsWith("Restored " + two + " to ")
                .containsPattern("fetched    [0-9.]+ [^;]*\n")
                .contains("positions  changes=8")
                .contains("sequence map file, it must be reset");
        assertThat(orders()).isEqualTo("4");
        assertThat(Sample.value(sample.database(), "SELECT group_concat(what) FROM orders"))
                .isEqualTo("tea,bread,Zoë's cake,salt");
    }

    @Test
    void restore_json_isTheReport() throws Exception {
        JsonNode report = Tool.run(sample.onDatabase("restore", "--json")).json();
        assertThat(report.at("/snapshot/id").asText()).isEqualTo(two);
        assertThat(report.at("/snapshot/positions/changes/sequence").asLong()).isEqualTo(8);
        assertThat(report.get("database").asText())
                .isEqualTo(sample.database().toRealPath().toString());
        assertThat(report.get("restoreId").asText()).matches("[0-9a-f]{16}");
        assertThat(report.get("bytesFetched").asLong()).isPositive();
        assertThat(report.get("bytesReused").isNumber()).isTrue();
        assertThat(report.get("passedOver")).isEmpty();
        assertThat(report.get("sequenceMap").isNull()).isTrue();
    }

    @Test
    void restore_forceCheckOverTheDatabase_reportsReusedBytes() throws Exception {
        assertThat(Tool.run(sample.onDatabase("restore", "--force-check"))
                        .succeeded()
                        .out())
                .containsPattern("fetched    [0-9.]+ .*; [0-9.]+ .* of the image taken from the replaced database\n");
        assertThat(orders()).isEqualTo("4");
    }

    @Test
    void restore_id_restoresThatSnapshot() throws Exception {
        Tool.run(sample.onDatabase("restore", "--id", one)).succeeded();
        assertThat(orders()).isEqualTo("3");
    }

    @Test
    void restore_at_restoresTheLatestAtThatTime() throws Exception {
        JsonNode snapshots = Tool.run(sample.command("list", "--json")).json().get("snapshots");
        Tool.run(sample.onDatabase("restore", "--at", snapshots.at("/0/created").asText()))
                .succeeded();
        assertThat(orders()).isEqualTo("3");
        Outcome early = Tool.run(sample.onDatabase("restore", "--at", "2020-01-01T00:00:00Z"));
        assertThat(early.status()).isEqualTo(3);
        assertThat(early.err()).contains("2020-01-01T00:00:00Z");
    }

    @Test
    void restore_idAndAt_excludeEachOther() {
        assertThat(Tool.run(sample.onDatabase("restore", "--id", one, "--at", "2026-01-01T00:00:00Z")))
                .returns(2, Outcome::status)
                .satisfies(outcome -> assertThat(outcome.err()).contains("mutually exclusive"));
    }

    @Test
    void restore_databaseInUse_isBusy() throws Exception {
        try (Connection reader = sample.open();
                var statement = reader.createStatement()) {
            statement.execute("SELECT count(*) FROM orders");
            Outcome outcome = Tool.run(sample.onDatabase("restore"));
            assertThat(outcome.status()).isEqualTo(7);
            assertThat(outcome.err()).contains(sample.database().toString(), "in use");
        }
        assertThat(orders()).isEqualTo("0");
    }

    @Test
    void restore_flippedBitInAPack_keepsTheOldDatabase() throws Exception {
        sample.damage("packs");
        Outcome outcome = Tool.run(sample.onDatabase("restore", "--json"));
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(Tool.json(outcome.out()).at("/error/message").asText()).contains(two);
        assertThat(orders()).isEqualTo("0");
    }

    @Test
    void restore_damagedTarget_isRejectedAndKept() throws Exception {
        byte[] junk =
                "this was a database once, and may be needed again".repeat(20).getBytes(StandardCharsets.UTF_8);
        sample.lose();
        Files.write(sample.database(), junk);
        assertThat(Tool.run(sample.onDatabase("restore")).status()).isEqualTo(4);
        assertThat(sample.database()).hasBinaryContent(junk);
    }

    @Test
    void restore_directoryMissing_isStatus2() {
        Outcome outcome = Tool.run(sample.command(
                "restore", "--database", directory.resolve("no/x.db").toString()));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("no/x.db does not exist");
    }

    @Test
    void restore_online_keepsConnectionsOpen() throws Exception {
        try (Connection open = sample.open();
                var statement = open.createStatement()) {
            statement.execute("SELECT count(*) FROM orders");
            JsonNode report =
                    Tool.run(sample.onDatabase("restore", "--online", "--json")).json();
            assertThat(report.get("method").asText()).isEqualTo("online");
            assertThat(report.get("kept").isNull()).isTrue();
            assertThat(statement.executeQuery("SELECT count(*) FROM orders").getInt(1))
                    .isEqualTo(4);
        }
    }

    @Test
    void restore_onlineDatabaseMissing_isStatus3() throws Exception {
        sample.lose();
        Outcome outcome = Tool.run(sample.onDatabase("restore", "--online"));
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.err()).contains(sample.database().toString());
        assertThat(sample.database()).doesNotExist();
    }

    @Test
    void restore_onlineOtherPageSize_isRejected() throws Exception {
        sample.lose();
        sample.sql("PRAGMA page_size = 512", "CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)");
        Outcome outcome = Tool.run(sample.onDatabase("restore", "--online"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("page size");
    }

    @Test
    void restore_onlineKeepPrevious_isRejected() throws Exception {
        assertThat(Tool.run(sample.onDatabase("restore", "--online", "--keep-previous"))
                        .status())
                .isEqualTo(2);
        assertThat(orders()).isEqualTo("0");
    }

    @Test
    void restore_keepPrevious_printsItsPath() throws Exception {
        Outcome outcome =
                Tool.run(sample.onDatabase("restore", "--keep-previous")).succeeded();
        String kept = outcome.out()
                .lines()
                .filter(line -> line.startsWith("  kept"))
                .findFirst()
                .orElseThrow()
                .substring("  kept".length())
                .strip();
        assertThat(kept).startsWith(sample.database().toRealPath() + ".previous-");
        assertThat(Sample.value(Path.of(kept), "SELECT count(*) FROM orders")).isEqualTo("0");
        assertThat(orders()).isEqualTo("4");
    }

    @Test
    void restore_olderSchema_isStatus6() throws Exception {
        sample.sql("ALTER TABLE orders ADD COLUMN price");
        Outcome outcome = Tool.run(sample.onDatabase("restore"));
        assertThat(outcome.status()).isEqualTo(6);
        assertThat(outcome.err()).contains("price", "orders");
        assertThat(orders()).isEqualTo("0");
        Tool.run(sample.onDatabase("restore", "--allow-schema-change")).succeeded();
        assertThat(orders()).isEqualTo("4");
    }

    /** In the original, changes that a node has not published are lost (fault D8). */
    @Test
    void d08_changesThatHarmonyLiteHasNotPublished_areCarriedOver() throws Exception {
        sample.order("pending");
        for (String more : new String[] {"--keep-previous", "--replace-damaged"}) {
            Tool.run(sample.onDatabase("restore", more)).succeeded();
            assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders WHERE what = 'pending'"))
                    .isEqualTo("1");
            assertThat(Sample.value(sample.database(), "SELECT count(*) FROM __harmonylite___change_log_global"))
                    .isEqualTo("1");
        }
    }

    @Test
    void restore_replaceDamaged_keepsTheReplacedFile() throws Exception {
        byte[] junk = "this was a database once ".repeat(50).getBytes(StandardCharsets.UTF_8);
        sample.lose();
        Files.write(sample.database(), junk);
        JsonNode report = Tool.run(sample.onDatabase("restore", "--replace-damaged", "--json"))
                .json();
        Path kept = Path.of(report.get("kept").asText());
        assertThat(kept.getFileName().toString())
                .isEqualTo("orders.db.damaged-" + report.get("restoreId").asText());
        assertThat(kept).hasBinaryContent(junk);
        assertThat(orders()).isEqualTo("4");
    }

    @Test
    void restore_sequenceMap_isSetToTheSnapshotsPositions() {
        Path file = directory.resolve("map");
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.skipped("changes", new SequenceRange(1, 20));
            map.applied("others", StreamPosition.at(1));
        }
        JsonNode report = Tool.run(
                        sample.onDatabase("restore", "--json", "--id", one, "--sequence-map", file.toString()))
                .json();
        SequenceMapContents contents = FileSequenceMap.read(file);
        assertThat(contents.positions()).isEqualTo(Positions.of("changes", StreamPosition.at(7)));
        assertThat(contents.restoreId()).contains(report.get("restoreId").asText());
    }

    @Test
    void restore_sequenceMapMissing_isCreated() throws Exception {
        sample.lose();
        Path file = directory.resolve("map");
        Tool.run(sample.onDatabase("restore", "--sequence-map", file.toString()))
                .succeeded();
        assertThat(FileSequenceMap.read(file).positions()).isEqualTo(Positions.of("changes", StreamPosition.at(8)));
        assertThat(orders()).isEqualTo("4");
    }

    @Test
    void restore_sequenceMapAndSnapshotWithoutPositions_isRejected() throws Exception {
        String bare = sample.take();
        Path file = directory.resolve("map");
        Outcome outcome = Tool.run(sample.onDatabase("restore", "--id", bare, "--sequence-map", file.toString()));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains(bare, "has no positions");
        assertThat(orders()).isEqualTo("0");
    }

    @Test
    void restore_sequenceMapInUse_isStatus7AndChangesNothing() throws Exception {
        Path file = directory.resolve("map");
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            Outcome outcome = Tool.run(sample.onDatabase("restore", "--sequence-map", file.toString()));
            assertThat(outcome.status()).isEqualTo(7);
            assertThat(outcome.err()).contains(map.file().toString());
        }
        assertThat(orders()).isEqualTo("0");
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code restore --harmonylite} and {@code export}. */
class HarmonyLiteCommandsTest {

    @TempDir
    Path directory;

    private Sample sample;
    private Path exported;

    @BeforeEach
    void takeAndExport() throws Exception {
        sample = Sample.create(directory);
        sample.take();
        exported = directory.resolve("snapshot.db");
    }

    private Outcome export(String... more) {
        return Tool.run(Tool.with(
                sample.command(
                        "export", "--harmonylite", "--to", exported.toUri().toString()),
                more));
    }

    private Outcome restore(Path database, String... more) {
        String[] arguments = {
            "restore", "--harmonylite", "--from", exported.toUri().toString(), "--database", database.toString()
        };
        return Tool.run(Tool.with(arguments, more));
    }

    @Test
    void export_thenRestore_givesTheSameDatabase() throws Exception {
        assertThat(export().succeeded().out()).contains("Exported ", exported.toString(), "previous   none");
        Path restored = directory.resolve("restored.db");
        Outcome outcome = restore(restored, "--accept-unknown-positions").succeeded();
        assertThat(outcome.out())
                .contains("Restored " + exported, "tag ", "(not-kept)", "sequence map file, it must be reset");
        String orders = "SELECT group_concat(id || what) FROM orders";
        assertThat(Sample.value(restored, orders)).isEqualTo(Sample.value(exported, orders));
    }

    @Test
    void export_json_hasTheFateOfThePreviousSnapshot() {
        JsonNode first = export("--json").json();
        assertThat(first.get("previous").textValue()).isEqualTo("none");
        JsonNode second = export("--json").json();
        assertThat(second.get("previous").textValue()).isEqualTo("kept-until-complete");
        assertThat(second.get("tag")).isEqualTo(first.get("tag"));
        assertThat(second.get("bytes").longValue()).isEqualTo(first.get("bytes").longValue());
    }

    @Test
    void restore_positionsNotAccepted_isStatus6() throws Exception {
        export().succeeded();
        Path database = directory.resolve("restored.db");
        Outcome outcome = restore(database);
        assertThat(outcome.status()).isEqualTo(6);
        assertThat(outcome.err()).contains("positions");
        assertThat(database).doesNotExist();
        Outcome json = restore(database, "--json");
        assertThat(Tool.json(json.out()).get("error").get("status").intValue()).isEqualTo(6);
    }

    @Test
    void restore_snapshotMissing_isStatus3() {
        Outcome outcome = restore(directory.resolve("restored.db"), "--accept-unknown-positions");
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.err()).contains(exported.toString());
    }

    @Test
    void restore_notADatabase_isStatus4() throws Exception {
        Files.writeString(exported, "no database");
        Outcome outcome = restore(directory.resolve("restored.db"), "--accept-unknown-positions");
        assertThat(outcome.status()).isEqualTo(4);
    }

    @Test
    void restore_databaseInUseAsSource_isRejected() throws Exception {
        export().succeeded();
        Files.createFile(directory.resolve("snapshot.db-wal"));
        Outcome outcome = restore(directory.resolve("restored.db"), "--accept-unknown-positions");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("snapshot.db-wal");
    }

    @Test
    void restore_mapWithoutStreams_isStatus2() {
        Outcome outcome = restore(
                directory.resolve("restored.db"),
                "--accept-unknown-positions",
                "--sequence-map",
                directory.resolve("map").toString());
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--nats", "--stream");
    }

    @Test
    void export_unknownScheme_isStatus2() {
        Outcome outcome = Tool.run(sample.command("export", "--harmonylite", "--to", "sftp://host/path"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("unknown URI scheme 'sftp'", "file:/path");
    }

    @Test
    void restore_help_namesTheOtherForm() {
        assertThat(Tool.run("restore", "--help").succeeded().out()).contains("restore --harmonylite --help", "--store");
        assertThat(Tool.run("restore", "--harmonylite", "--help").succeeded().out())
                .contains("--accept-unknown-positions", "--from")
                .doesNotContain("--store");
    }
}

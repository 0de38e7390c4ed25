package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {

    @TempDir
    Path directory;

    private Path key;

    @BeforeEach
    void createKey() {
        key = directory.resolve("orders.key");
        assertThat(Tool.run("keys", "create", key.toString()).succeeded().out()).contains("created key");
    }

    private Outcome run(Sample sample, Path with, String command, String... more) {
        return Tool.run(Map.of("SNAPSHOT_KEY_FILE", with.toString()), sample.command(command, more));
    }

    @Test
    void create_newFile_isPrivateAndNotShown() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        String secret = Files.readString(key).replaceAll("(?s).*\"value\":\\s*\"([^\"]+)\".*", "$1");
        Outcome json = Tool.run("keys", "create", directory.resolve("other").toString(), "--json");
        assertThat(json.json().get("key").asText()).matches("[0-9]+");
        assertThat(json.out()).doesNotContain(secret);
    }

    @Test
    void create_existingFile_isStatus2AndKeepsIt() throws Exception {
        byte[] before = Files.readAllBytes(key);
        Outcome again = Tool.run("keys", "create", key.toString());
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("exists");
        assertThat(key).hasBinaryContent(before);
    }

    @Test
    void restore_sealedSnapshot_needsTheKeyFile() throws Exception {
        Sample sample = Sample.create(directory);
        Tool.run(sample.command("take", "--database", sample.database().toString(), "--key-file", key.toString()))
                .succeeded();
        assertThat(Tool.run(sample.command("list", "--json"))
                        .json()
                        .at("/snapshots/0/key")
                        .asText())
                .matches("[0-9]+");
        Path restored = directory.resolve("restored.db");
        Path other = directory.resolve("other.key");
        Tool.run("keys", "create", other.toString()).succeeded();
        for (Outcome rejected : java.util.List.of(
                Tool.run(sample.command("restore", "--database", restored.toString())),
                Tool.run(sample.command("verify", "--deep")),
                run(sample, other, "restore", "--database", restored.toString()),
                run(sample, other, "verify", "--all"),
                run(sample, directory.resolve("none"), "restore", "--database", restored.toString()))) {
            assertThat(rejected.status()).as(rejected.err() + rejected.out()).isEqualTo(9);
            assertThat(rejected.err() + rejected.out()).contains("key");
        }
        assertThat(restored).doesNotExist();
        assertThat(run(sample, key, "verify", "--deep").status()).isZero();
        assertThat(run(sample, key, "restore", "--database", restored.toString())
                        .status())
                .isZero();
        assertThat(restored).exists();
    }

    @Test
    void restore_plainSnapshotWithKeys_isStatus9() throws Exception {
        Sample sample = Sample.create(directory);
        String plain = sample.take();
        Outcome outcome = run(sample, key, "restore", "--id", plain, "--database", directory + "/restored.db");
        assertThat(outcome.status()).isEqualTo(9);
        assertThat(outcome.err()).contains("without keys");
    }
}

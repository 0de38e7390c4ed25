package io.harmonylite.snapshot.nats.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsServerBinaryTest {

    @TempDir
    Path directory;

    private Path root;
    private Path first;
    private Path second;

    @BeforeEach
    void createDirectories() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        first = Files.createDirectory(directory.resolve("first"));
        second = Files.createDirectory(directory.resolve("second"));
    }

    private static Path program(Path file, String... lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, List.of("#!/bin/sh", String.join("\n", lines)));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private Path search(String named) throws IOException, InterruptedException {
        return new NatsServerBinary(named, root, List.of(first, second)).search();
    }

    @Test
    void search_environmentVariableSet_takesPrecedence() throws Exception {
        Path named = program(directory.resolve("mine"));
        program(root.resolve("target/bin/nats-server"));
        program(first.resolve("nats-server"));
        assertThat(search(named.toString())).isEqualTo(named);
    }

    @Test
    void search_environmentVariableNamesNoProgram_fails() throws Exception {
        program(first.resolve("nats-server"));
        assertThatThrownBy(() -> search(directory.resolve("absent").toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NATS_SERVER names no program");
    }

    @Test
    void search_installed_precedesPath() throws Exception {
        Path installed = program(root.resolve("target/bin/nats-server"));
        program(first.resolve("nats-server"));
        assertThat(search(null)).isEqualTo(installed);
        assertThat(search("")).isEqualTo(installed);
    }

    @Test
    void search_goAvailable_installsOnceAndReuses() throws Exception {
        program(
                first.resolve("go"),
                "[ \"$1 $2\" = \"install github.com/nats-io/nats-server/v2@v2.12.3\" ] || exit 9",
                "echo installed > $GOBIN/nats-server && chmod +x $GOBIN/nats-server");
        Path installed = root.resolve("target/bin/nats-server");
        assertThat(search(null)).isEqualTo(installed);
        program(first.resolve("go"), "exit 1");
        assertThat(search(null)).isEqualTo(installed).hasContent("installed");
    }

    @Test
    void search_goMissingOrFailing_usesFirstOnPath() throws Exception {
        Files.writeString(first.resolve("nats-server"), "not executable");
        Path onPath = program(second.resolve("nats-server"));
        assertThat(search(null)).isEqualTo(onPath);
        program(first.resolve("go"), "echo too old; exit 1");
        assertThat(search(null)).isEqualTo(onPath);
    }

    @Test
    void search_nothingFound_namesWhatToInstall() throws Exception {
        assertThatThrownBy(() -> search(null))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("NATS_SERVER", "Go", "package nats-server", "Go is not installed");
        program(second.resolve("go"), "echo too old; exit 1");
        assertThatThrownBy(() -> search(null))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("package nats-server", "failed: too old");
    }
}

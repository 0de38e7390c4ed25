package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Errors of the Java machine, such as a native library that cannot be loaded, are one line and one document. */
class NativeLibraryTest {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void takeSnapshot() throws Exception {
        sample = Sample.create(directory);
        sample.take();
    }

    @Test
    void run_temporaryDirectoryMissing_isStatus2() throws Exception {
        assertNamed(directory.resolve("missing"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void run_temporaryDirectoryWithoutPrograms_isStatus2() throws Exception {
        try (Volume volume = Volume.mount(directory.resolve("noexec"), "noexec,size=16m")) {
            assertNamed(volume.path());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void run_temporaryDirectoryReadOnly_isStatus2() throws Exception {
        try (Volume volume = Volume.mount(directory.resolve("readonly"), "ro")) {
            assertNamed(volume.path());
        }
    }

    private void assertNamed(Path temporary) throws Exception {
        ToolProcess tool = ToolProcess.in(directory).java("-Djava.io.tmpdir=" + temporary);
        assertNamed(temporary, tool.run(sample.onDatabase("take", "--json")));
        assertNamed(temporary, tool.run(sample.command("verify", "--deep", "--json")));
        String target = directory.resolve("restored.db").toString();
        assertNamed(temporary, tool.run(sample.command("restore", "--database", target, "--json")));
        assertThat(Path.of(target)).doesNotExist();
    }

    private static void assertNamed(Path temporary, Outcome outcome) {
        String message = Tool.json(outcome.out()).at("/error/message").asText();
        assertThat(message).contains(temporary.toString(), "-Djava.io.tmpdir");
        assertThat(outcome.err().lines().filter(line -> !line.startsWith("WARNING: java.io.tmpdir"))) // By Java 25.
                .containsExactly("snapshot-tool: " + message);
        assertThat(outcome.status()).isEqualTo(2);
    }

    @Test
    void take_heapTooSmall_isStatus8() throws Exception {
        int heap = 20; // MiB; how much a take needs depends on the Java version and on its collector.
        Outcome outcome = take(heap);
        while (outcome.status() == 0 && heap > 8) {
            heap -= 2;
            outcome = take(heap);
        }
        String message = Tool.json(outcome.out()).at("/error/message").asText();
        assertThat(message).contains("not enough memory", "-Xmx");
        assertThat(outcome.err().lines()).containsExactly("snapshot-tool: " + message);
        assertThat(outcome.status()).isEqualTo(8);
        assertThat(Files.exists(sample.database())).isTrue();
    }

    private Outcome take(int heap) throws Exception {
        return ToolProcess.in(directory).java("-Xmx" + heap + "m").run(sample.onDatabase("take", "--json"));
    }
}

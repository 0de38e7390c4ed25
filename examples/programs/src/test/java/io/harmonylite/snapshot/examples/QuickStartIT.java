package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the jar of the README's first command in a process of its own. */
class QuickStartIT {

    @TempDir
    Path directory;

    @Test
    void quickStart_fromTheJar_succeedsAndLogsNothing() throws Exception {
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Path.of("target", "examples.jar").toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java announces them on standard error.
        assertThat(builder.start().waitFor()).isZero();
        assertThat(Files.readString(out, StandardCharsets.UTF_8)).contains("All 15,607 rows are restored");
        assertThat(err).isEmptyFile();
    }
}

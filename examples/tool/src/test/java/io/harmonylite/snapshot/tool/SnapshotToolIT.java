package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests the shaded jar in a process of its own. */
class SnapshotToolIT {

    private static final Path JAR = Path.of("target", "snapshot-tool.jar").toAbsolutePath();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    private Outcome tool(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-jar", JAR.toString()));
        command.addAll(List.of(args));
        return process(command);
    }

    private Outcome process(List<String> command) throws Exception {
        return process(command, directory.resolve("stdout").toFile());
    }

    private Outcome process(List<String> command, File out) throws Exception {
        File err = directory.resolve("stderr").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java prints them on stderr.
        builder.environment().put("LC_ALL", "C");
        int status = builder.start().waitFor();
        return new Outcome(status, out.isFile() ? read(out) : "", read(err));
    }

    private static String read(File file) throws IOException {
        return Files.readString(file.toPath(), StandardCharsets.UTF_8);
    }

    @Test
    void tool_takeLoseRestore_restoresEverything() throws Exception {
        String id = tool(sample.onDatabase("take", "--json", "--position", "changes=5"))
                .json()
                .at("/snapshot/id")
                .asText();
        assertThat(tool(sample.command("verify", "--deep")).succeeded().out()).startsWith("sound   " + id);
        sample.lose();
        assertThat(tool(sample.onDatabase("restore")).succeeded().out()).startsWith("Restored " + id);
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                .isEqualTo("3");
        assertThat(tool(sample.command("list", "--json")).json().get("snapshots"))
                .hasSize(1);
    }

    @Test
    void tool_failure_printsOneLineAndHasAStatus() throws Exception {
        sample.take();
        sample.damage("packs");
        sample.lose();
        Outcome outcome = tool(sample.onDatabase("restore", "--json"));
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(Tool.json(outcome.out()).at("/error/status").asInt()).isEqualTo(4);
        assertThat(outcome.err()).contains("is damaged").doesNotContain("\tat ");
        assertThat(tool().status()).isEqualTo(2);
        assertThat(tool(sample.command("list", "--store", "nonsense")).status()).isEqualTo(2);
    }

    @Test
    void tool_verbose_logsToStderr() throws Exception {
        Outcome outcome = tool(sample.onDatabase("take", "--json", "--verbose"));
        assertThat(Tool.json(outcome.out()).has("snapshot")).isTrue();
        assertThat(outcome.err()).contains("stage=SEAL");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tool_standardOutputFull_isStatus1() throws Exception {
        sample.take();
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-jar", JAR.toString()));
        command.addAll(List.of(sample.command("list", "--json")));
        Outcome outcome = process(command, new File("/dev/full"));
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).contains("could not be written to standard output");
    }

    @Test
    void tool_version_isTheVersionOfTheBuild() throws Exception {
        assertThat(tool("--version").succeeded().out()).matches("snapshot-tool \\d+\\.\\d+\\.\\d+.*\\s+");
    }
}

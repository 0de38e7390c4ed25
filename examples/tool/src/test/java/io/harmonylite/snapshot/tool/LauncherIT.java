package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests the script that starts the shaded jar. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {

    private static final Path SCRIPT = Path.of("snapshot-tool").toAbsolutePath();
    private static final Path JAR = Path.of("target", "snapshot-tool.jar").toAbsolutePath();

    @TempDir
    Path directory;

    private Path cache;

    @BeforeEach
    void setCache() {
        cache = directory.resolve("class data");
    }

    private Outcome run(Path script, Map<String, String> environment, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(args));
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("SNAPSHOT_") || name.equals("JAVA_TOOL_OPTIONS"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SNAPSHOT_CACHE", cache.toString());
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        return new Outcome(status, read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void launcher_twice_createsAndUsesAnArchiveOfTheCommand() throws Exception {
        Sample sample = Sample.create(directory);
        String[] take = sample.onDatabase("take", "--json");
        assertThat(run(SCRIPT, Map.of(), take).succeeded().err()).isEmpty();
        List<Path> archives = archives();
        assertThat(archives).singleElement().asString().contains("take-").endsWith(".jsa");
        Object first = Files.getAttribute(archives.get(0), "unix:ino");
        assertThat(Files.getPosixFilePermissions(cache)).isEqualTo(PosixFilePermissions.fromString("rwx------"));

        assertThat(run(SCRIPT, Map.of("SNAPSHOT_JAVA_OPTS", ""), take)
                        .succeeded()
                        .err())
                .isEmpty();
        assertThat(Files.getAttribute(archives().get(0), "unix:ino")).isEqualTo(first);
        assertThat(run(SCRIPT, Map.of("SNAPSHOT_JAVA_OPTS", "-Xshare:on"), take)
                        .succeeded()
                        .err())
                .isEmpty();
    }

    @Test
    void launcher_linkInAnotherDirectory_findsTheJar() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("a link"), SCRIPT);
        assertThat(run(link, Map.of(), "--version").succeeded().out()).startsWith("snapshot-tool ");
    }

    @Test
    void launcher_installedNextToTheJar_findsIt() throws Exception {
        Path installed = Files.createDirectory(directory.resolve("in stalled"));
        Path script = Files.copy(SCRIPT, installed.resolve("snapshot-tool"));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Outcome missing = run(script, Map.of(), "--version");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.err()).contains("snapshot-tool.jar is not in").contains("put it next to this script");

        Files.createSymbolicLink(installed.resolve("snapshot-tool.jar"), JAR);
        assertThat(run(script, Map.of(), "--version").succeeded().out()).startsWith("snapshot-tool ");
    }

    @Test
    void launcher_noJava_isStatus2() throws Exception {
        Outcome outcome = run(SCRIPT, Map.of("JAVA_HOME", directory.toString()), "--version");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("cannot be executed; set JAVA_HOME to Java 17 or later");
    }

    @Test
    void launcher_cacheCannotBeCreated_runsWithoutArchive() throws Exception {
        cache = Files.createFile(directory.resolve("a file")).resolve("cache");
        assertThat(run(SCRIPT, Map.of(), "--version").succeeded().err()).isEmpty();
    }

    @Test
    void launcher_archiveCutByACrash_isIgnored() throws Exception {
        run(SCRIPT, Map.of(), "--version").succeeded();
        Path archive = archives().get(0);
        Files.delete(archive);
        Files.write(archive, new byte[4096]);
        assertThat(run(SCRIPT, Map.of(), "--version").succeeded().out()).startsWith("snapshot-tool ");
    }

    @Test
    void launcher_failure_hasTheStatusOfTheTool() throws Exception {
        Outcome outcome =
                run(SCRIPT, Map.of(), "list", "--name", "orders", "--store", "file:" + directory.resolve("none"));
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.err().lines()).hasSize(1);
    }
}

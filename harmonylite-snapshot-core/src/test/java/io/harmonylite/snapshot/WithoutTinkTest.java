package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tink is optional: without it, everything works except keys, whose failure names the library. */
class WithoutTinkTest {

    @TempDir
    Path directory;

    /** Creates a key file in a directory. */
    static final class CreateKeys {

        private CreateKeys() {}

        public static void main(String[] args) throws Exception {
            SnapshotKeys.create(Path.of(args[0], "orders.key"));
        }
    }

    @Test
    void operations_withoutTinkOnTheClassPath_succeed() throws Exception {
        assertThat(run(LoggedOperations.class, 0)).contains("operation=take", "as planned");
    }

    @Test
    void create_withoutTinkOnTheClassPath_namesIt() throws Exception {
        assertThat(run(CreateKeys.class, 1)).contains("SnapshotConfigurationException", "com.google.crypto.tink:tink");
        assertThat(directory).isEmptyDirectory();
    }

    private String run(Class<?> program, int status) throws Exception {
        List<String> all = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
        String without =
                all.stream().filter(entry -> !entry.contains("tink")).collect(Collectors.joining(File.pathSeparator));
        assertThat(without.split(File.pathSeparator)).hasSizeLessThan(all.size());
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        without,
                        program.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(output).isEqualTo(status);
        return output;
    }
}

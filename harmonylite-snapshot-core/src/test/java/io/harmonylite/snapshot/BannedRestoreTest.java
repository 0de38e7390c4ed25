package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that no source uses the driver's SQL statement {@code restore from}. It returns success even if it did
 * nothing: with an active writer, on a full or read-only disk, or with another page size. {@link ArchitectureTest}
 * checks the same of the driver's method {@code DB.restore}.
 */
class BannedRestoreTest {

    private static final Pattern SQL_RESTORE = Pattern.compile("\"\\s*restore\\s[^\"]*from", Pattern.CASE_INSENSITIVE);

    @Test
    void sources_sqlRestore_isNotUsed() throws IOException {
        List<Path> sources = sources();
        assertThat(sources).hasSizeGreaterThan(50);
        assertThat(sources)
                .noneMatch(source -> SQL_RESTORE.matcher(read(source)).find());
    }

    @Test
    void pattern_sqlRestore_matches() {
        for (String statement :
                List.of("\"restore from \" + file", "\" RESTORE main\nFROM 'x'\"", "\"restore from x\"")) {
            assertThat(SQL_RESTORE.matcher(statement).find()).as(statement).isTrue();
        }
    }

    /** Returns the main sources of every module except the benchmarks, whose figures have such names. */
    private static List<Path> sources() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().matches(".*/src/main/java/.*\\.java"))
                    .filter(file -> !root.relativize(file).startsWith("benchmarks"))
                    .toList();
        }
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

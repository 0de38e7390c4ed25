package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that the document shows the hosts that other tests start and stop. */
class WiringDocumentTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path HOSTS =
            ROOT.resolve("examples/programs/src/test/java/io/harmonylite/snapshot/examples/wiring");

    @Test
    void javaBlocks_both_equalTheSources() throws IOException {
        assertThat(Pattern.compile("(?ms)^```java\\n(.*?)^```$")
                        .matcher(Files.readString(ROOT.resolve("docs/wiring.md")))
                        .results()
                        .map(block -> block.group(1)))
                .containsExactly(
                        Files.readString(HOSTS.resolve("PlainHost.java")),
                        Files.readString(HOSTS.resolve("SpringHost.java")));
    }
}

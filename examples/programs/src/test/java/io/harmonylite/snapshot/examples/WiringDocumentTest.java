package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the document shows the host that another test starts and stops, and has a row for every exception. */
class WiringDocumentTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path HOST =
            ROOT.resolve("examples/programs/src/main/java/io/harmonylite/snapshot/examples/wiring/PlainHost.java");
    private static final Path CORE = ROOT.resolve("harmonylite-snapshot-core/src/main/java/io/harmonylite/snapshot");

    private String document;

    @BeforeEach
    void read() throws IOException {
        document = Files.readString(ROOT.resolve("docs/wiring.md"));
    }

    private List<String> matches(String pattern) {
        return Pattern.compile(pattern)
                .matcher(document)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void javaBlock_only_isInTheSource() throws IOException {
        String source = Files.readString(HOST);
        assertThat(matches("(?ms)^```java\\n(.*?)^```$"))
                .singleElement()
                .satisfies(block -> assertThat(source).contains(block.indent(4)));
    }

    @Test
    void exceptions_ofTheLibrary_haveARow() throws IOException {
        List<String> rows = matches("(?m)^\\| ((?:`\\w+Exception`(?:, )?)+) \\|").stream()
                .flatMap(row -> Pattern.compile("\\w+").matcher(row).results().map(MatchResult::group))
                .toList();
        List<String> expected = new ArrayList<>();
        for (String directory : List.of("exception", "recovery")) {
            try (Stream<Path> files = Files.list(CORE.resolve(directory))) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith("Exception.java") && !name.equals("SnapshotException.java"))
                        .forEach(name -> expected.add(name.replace(".java", "")));
            }
        }
        assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    }
}

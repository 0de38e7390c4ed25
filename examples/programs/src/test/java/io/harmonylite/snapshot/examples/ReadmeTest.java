package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the README matches the code. */
class ReadmeTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private String readme;

    @BeforeEach
    void read() throws IOException {
        readme = Files.readString(ROOT.resolve("README.md"));
    }

    private List<String> blocks(String language) {
        return matches("(?ms)^```" + language + "\\n(.*?)^```$");
    }

    private List<String> matches(String pattern) {
        return Pattern.compile(pattern)
                .matcher(readme)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    @Test
    void shBlocks_both_runTheQuickStartAndTheTestsInOneLine() {
        List<String> blocks = blocks("sh");
        assertThat(blocks)
                .hasSize(2)
                .allSatisfy(block -> assertThat(block.lines()).hasSize(1));
        assertThat(blocks.get(0))
                .startsWith("mvn ")
                .contains(" && java -jar examples/programs/target/examples.jar\n")
                .doesNotContain("shared");
        assertThat(blocks.get(1)).isEqualTo("mvn -ntp verify\n");
    }

    @Test
    void javaBlock_only_equalsTheSource() throws IOException {
        Path source = ROOT.resolve("examples/programs/src/main/java/io/harmonylite/snapshot/examples/FirstSteps.java");
        assertThat(blocks("java")).containsExactly(Files.readString(source));
    }

    @Test
    void dependency_version_isTheVersionOfThisBuild() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        assertThat(matches("<version>(.*)</version>"))
                .singleElement()
                .satisfies(version -> assertThat(pom)
                        .contains("<artifactId>harmonylite-snapshot-parent</artifactId>\n  <version>" + version
                                + "</version>"));
    }

    @Test
    void guarantees_each_nameAnExistingTest() throws IOException {
        List<String> tests = matches("(?m)^\\|.*\\| `(\\w+(?:\\.\\w+)?)` \\|$");
        assertThat(tests).hasSizeGreaterThan(8);
        for (String test : tests) {
            String[] parts = test.split("\\.", -1);
            assertThat(sourceOf(parts[0])).as(test).contains(parts.length == 1 ? "@Test" : "void " + parts[1] + "(");
        }
    }

    private static String sourceOf(String test) throws IOException {
        try (Stream<Path> files = Files.find(ROOT, 20, (file, kind) -> file.endsWith(test + ".java"))) {
            return Files.readString(files.findFirst().orElseThrow(() -> new AssertionError("no test " + test)));
        }
    }

    @Test
    void commands_ofTheTool_areKnown() {
        List<String> commands = matches("(?m)^\\$ snapshot-tool (.*)$");
        assertThat(commands).hasSizeGreaterThan(3);
        assertThat(commands)
                .allSatisfy(command ->
                        assertThat(command).containsPattern("^(take|list|verify|restore|copy|prune|recover|watch) --"));
    }

    @Test
    void statuses_table_hasARowForEach() {
        assertThat(matches("(?m)^\\| (\\d) \\|")).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }
}

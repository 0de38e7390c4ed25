package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that tests and files named by the documents exist, and that the example code compiles. */
class DocumentationTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Contract))(?:\\.(\\w+))?`");
    private static final Pattern METHOD = Pattern.compile("`([a-z]\\w*_\\w+_\\w+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");
    private static final Pattern ARTIFACT =
            Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");

    /** The last cell of a table's row that is no heading. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\|(?!---| access ).*\\|([^|]*)\\|$");

    private static final Pattern FAULT_ROW = Pattern.compile("(?m)^\\| ([DN]\\d+(?:, [DN]\\d+)*) \\|");
    private static final Pattern FAULT = Pattern.compile("([DN])(\\d+)");
    private static final Pattern FAULT_TEST = Pattern.compile(" void ([dn]\\d\\d)_\\w+\\(");

    /** Text of each test source by the name of its class. */
    private static final TreeMap<String, String> SOURCES = new TreeMap<>();

    @TempDir
    Path directory;

    @BeforeAll
    static void readSources() throws IOException {
        try (Stream<Path> modules = Files.walk(ROOT, 2)) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                readSources(tests);
            }
        }
    }

    private static void readSources(Path tests) throws IOException {
        try (Stream<Path> files = Files.walk(tests)) {
            for (Path source :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                String name = String.valueOf(source.getFileName());
                SOURCES.put(name.substring(0, name.length() - ".java".length()), Files.readString(source));
            }
        }
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(
                List.of(ROOT.resolve("CHANGELOG.md"), ROOT.resolve("CONTRIBUTING.md"), ROOT.resolve("SECURITY.md")));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }

    private static List<MatchResult> matches(Pattern pattern, Path document) throws IOException {
        return pattern.matcher(Files.readString(document)).results().toList();
    }

    @Test
    void documents_namedTests_exist() throws Exception {
        int found = 0;
        for (Path document : documents()) {
            for (MatchResult test : matches(TEST, document)) {
                if (!test.group(1).matches("Test|IT|Contract|(Property|Fuzz)Test")) {
                    assertThat(SOURCES).as("%s", document).containsKey(test.group(1));
                    String method = test.group(2) == null ? "" : " " + test.group(2) + "(";
                    assertThat(SOURCES.get(test.group(1))).as("%s", document).contains(method);
                    found++;
                }
            }
            for (MatchResult method : matches(METHOD, document)) {
                assertThat(isInSources(method.group(1)))
                        .as("%s: %s", document, method.group(1))
                        .isTrue();
            }
        }
        assertThat(found).isGreaterThan(20);
    }

    private static boolean isInSources(String method) {
        boolean isName = !method.equals("method_condition_outcome") && !method.startsWith("harmonylite_");
        return !isName || SOURCES.values().stream().anyMatch(text -> text.contains(" " + method + "("));
    }

    @Test
    void documents_linkedFiles_exist() throws Exception {
        for (Path document : documents()) {
            for (MatchResult link : matches(LINK, document)) {
                if (!link.group(1).contains("://")) {
                    assertThat(document.resolveSibling(link.group(1)))
                            .as("%s", document)
                            .exists();
                }
            }
        }
    }

    @Test
    void threatModel_anyRow_namesATest() throws Exception {
        List<MatchResult> rows = matches(ROW, ROOT.resolve("docs/threat-model.md"));
        assertThat(rows)
                .hasSizeGreaterThan(20)
                .allSatisfy(row -> assertThat(row.group(1)).containsPattern(TEST));
    }

    /** Checks that each fault of the original has a row, and each row a test whose name begins with the fault's id. */
    @Test
    void failureModel_faultsOfTheOriginal_haveTestsNamedByTheirIds() throws Exception {
        SortedSet<String> rows = faults(ROOT.resolve("docs/failure-model.md"));
        TreeSet<String> tests = new TreeSet<>();
        for (String source : SOURCES.values()) {
            FAULT_TEST.matcher(source).results().forEach(test -> tests.add(test.group(1)));
        }
        assertThat(rows).hasSizeGreaterThan(30).containsAll(tests);
        TreeSet<String> untested = new TreeSet<>(rows);
        untested.removeAll(tests);
        assertThat(untested).isEmpty();
        Path original = ROOT.resolve("../shared/harmonylite.md");
        if (Files.exists(original)) {
            assertThat(rows).isEqualTo(faults(original));
        }
    }

    /** Returns the ids in the first column of a table in the form that begins a test's name, such as {@code d07}. */
    private static SortedSet<String> faults(Path document) throws IOException {
        TreeSet<String> ids = new TreeSet<>();
        for (MatchResult row : matches(FAULT_ROW, document)) {
            FAULT.matcher(row.group(1))
                    .results()
                    .map(id -> testName(id.group(1), id.group(2)))
                    .forEach(id -> assertThat(ids.add(id))
                            .as("%s once in %s", id, document)
                            .isTrue());
        }
        return ids;
    }

    private static String testName(String letter, String number) {
        return String.format(Locale.ROOT, "%s%02d", letter.toLowerCase(Locale.ROOT), Integer.parseInt(number));
    }

    @Test
    void contributing_suiteDependencies_matchTheBuild() throws Exception {
        String build = Files.readString(ROOT.resolve("pom.xml"));
        TreeMap<String, String> versions = new TreeMap<>();
        matches(ARTIFACT, ROOT.resolve("CONTRIBUTING.md")).forEach(at -> versions.put(at.group(1), at.group(2)));
        assertThat(versions.keySet()).containsExactly("assertj-core", "harmonylite-snapshot-core", "junit-jupiter");
        assertThat(build).contains("<version>" + versions.get("harmonylite-snapshot-core") + "</version>");
        assertThat(build).contains("<junit.version>" + versions.get("junit-jupiter") + "</junit.version>");
        assertThat(build).contains("<assertj.version>" + versions.get("assertj-core") + "</assertj.version>");
    }

    /** Checks that the package in the test-jar needs only the dependencies that CONTRIBUTING.md names. */
    @Test
    void suite_packageOfTheTestJar_hasNoOtherDependencies() {
        JavaClasses suite =
                withoutDependencies(() -> new ClassFileImporter().importPackagesOf(SnapshotStoreContract.class));
        assertThat(suite).isNotEmpty();
        ArchRuleDefinition.classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.junit.jupiter..",
                        "org.assertj..",
                        "org.jspecify..",
                        "io.harmonylite.snapshot",
                        "io.harmonylite.snapshot.testing..",
                        "io.harmonylite.snapshot.lease..",
                        "io.harmonylite.snapshot.store..",
                        "io.harmonylite.snapshot.stream..")
                .check(suite);
    }

    /** Imports classes without those on which they depend: the rule compares names only. */
    private static JavaClasses withoutDependencies(Supplier<JavaClasses> importer) {
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return importer.get();
        });
    }

    @Test
    void contributing_exampleStoreTest_compilesOutsideTheLibraryAndIsASuite() throws Exception {
        String snippet = matches(Pattern.compile("(?s)```java\n(.*?)```"), ROOT.resolve("CONTRIBUTING.md"))
                .get(0)
                .group(1);
        Path source = Files.writeString(directory.resolve("MyStoreTest.java"), "package com.example;\n" + snippet);
        List<String> arguments = List.of(
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                directory.toString(),
                source.toString());
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            Class<?> test = loader.loadClass("com.example.MyStoreTest");
            assertThat(test.getSuperclass()).isEqualTo(SnapshotStoreContract.class);
            assertThat(Stream.of(test.getDeclaredMethods())
                            .filter(method -> !method.isSynthetic()) // Coverage adds a synthetic method.
                            .map(method -> method.getName())
                            .collect(Collectors.toSet()))
                    .containsExactly("createStore");
        }
    }
}

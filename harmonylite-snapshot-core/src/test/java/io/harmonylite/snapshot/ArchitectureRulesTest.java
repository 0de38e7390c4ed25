package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks each rule of {@link ArchitectureTest} by a source made for it: a rule that cannot fail holds nothing. */
class ArchitectureRulesTest {

    private static final String ROOT = "io.harmonylite.snapshot";

    @TempDir
    Path directory;

    static Stream<Arguments> broken() {
        return Stream.of(
                broken("PACKAGES_USE_ONLY_LOWER_PACKAGES", "store", "io.harmonylite.snapshot.SnapshotId id;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "store",
                        "io.harmonylite.snapshot.internal.catalog.StoreLayout l;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "exception",
                        "io.harmonylite.snapshot.store.ObjectInfo info;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "internal.take",
                        "io.harmonylite.snapshot.internal.restore.RestorePipeline p;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "internal.restore",
                        "io.harmonylite.snapshot.internal.take.TakeSettings s;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "internal.format",
                        "io.harmonylite.snapshot.store.ObjectSource s;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "internal.sqlite",
                        "io.harmonylite.snapshot.internal.catalog.StoreLayout l;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "internal.file",
                        "io.harmonylite.snapshot.exception.SnapshotException e;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "internal.catalog",
                        "io.harmonylite.snapshot.internal.take.TakeSettings s;"),
                broken(
                        "NO_OTHER_PACKAGE_USES_AN_ENTRY_POINT",
                        "internal.take",
                        "io.harmonylite.snapshot.SnapshotManager.Builder b;"),
                broken(
                        "ONLY_THE_FORMAT_ENCODES",
                        "internal.catalog",
                        "com.fasterxml.jackson.dataformat.cbor.CBORFactory f;"),
                broken(
                        "ONLY_THE_FORMAT_ENCODES",
                        "internal.take",
                        "Object o = com.github.luben.zstd.Zstd.compress(new byte[1]);"),
                broken(
                        "ONLY_THE_FORMAT_ENCODES",
                        "",
                        "Object o() throws Exception { return java.security.MessageDigest.getInstance(\"MD5\"); }"),
                broken("THE_FORMAT_DOES_NO_IO", "internal.format", "java.nio.channels.FileChannel c;"),
                broken("THE_FORMAT_DOES_NO_IO", "internal.format", "java.nio.file.Path p;"),
                broken(
                        "ONLY_THE_SEAM_OPENS_OR_CHANGES_FILES",
                        "internal.sqlite",
                        "Object o(java.nio.file.Path p) throws Exception { return java.nio.channels.FileChannel.open(p); }"),
                broken(
                        "ONLY_THE_SEAM_OPENS_OR_CHANGES_FILES",
                        "store",
                        "Object o(java.nio.file.Path p) throws Exception { return java.nio.file.Files.newInputStream(p); }"),
                broken(
                        "ONLY_THE_SEAM_OPENS_OR_CHANGES_FILES",
                        "internal.restore",
                        "Object o(java.nio.file.Path p) throws Exception { return java.nio.file.Files.move(p, p); }"),
                broken(
                        "ONLY_THE_SEAM_OPENS_OR_CHANGES_FILES",
                        "internal.restore",
                        "interface F { void f(java.nio.file.Path p) throws Exception; } F f = java.nio.file.Files::delete;"),
                broken(
                        "ONLY_THE_SEAM_OPENS_OR_CHANGES_FILES",
                        "internal.take",
                        "Object o() throws Exception { return new java.io.RandomAccessFile(\"x\", \"r\"); }"),
                broken("ONLY_DATABASE_PACKAGES_USE_THE_DRIVER", "", "org.sqlite.SQLiteConfig c;"),
                broken("ONLY_DATABASE_PACKAGES_RUN_SQL", "internal.restore", "java.sql.Connection c;"),
                broken(
                        "THE_API_PASSES_CONNECTIONS_ON_AND_NEVER_USES_THEM",
                        "",
                        "Object o(java.sql.Connection c) throws Exception { return c.createStatement(); }"),
                broken("THE_API_PASSES_CONNECTIONS_ON_AND_NEVER_USES_THEM", "store", "java.sql.DriverManager m;"),
                broken(
                        "THE_DRIVERS_RESTORE_IS_NEVER_CALLED",
                        "internal.sqlite",
                        "int o(org.sqlite.core.DB db) throws Exception { return db.restore(\"main\", \"x\", null); }"),
                broken(
                        "THE_API_SHOWS_NO_INTERNAL_TYPE",
                        "",
                        "public void o(io.harmonylite.snapshot.internal.file.FileOperations f) {}"),
                broken(
                        "THE_API_SHOWS_NO_INTERNAL_TYPE",
                        "store",
                        "protected java.util.List<io.harmonylite.snapshot.internal.file.FileOperations> o() { return null; }"),
                broken(
                        "THE_API_EXTENDS_NO_INTERNAL_TYPE",
                        "store",
                        "public abstract static class Shown implements io.harmonylite.snapshot.internal.file.FileOperations {}"),
                broken("NO_OTHER_PACKAGE_USES_AN_ENTRY_POINT", "watch", "io.harmonylite.snapshot.SnapshotManager m;"),
                broken(
                        "PACKAGES_USE_ONLY_LOWER_PACKAGES",
                        "exception",
                        "io.harmonylite.snapshot.recovery.RecoveryPlan p;"),
                broken("ONLY_ONE_PACKAGE_USES_MICROMETER", "health", "io.micrometer.core.instrument.Timer t;"),
                broken("TIME_IS_INJECTED", "internal.take", "Object o = java.time.Instant.now();"),
                broken("TIME_IS_INJECTED", "", "long o = System.currentTimeMillis();"));
    }

    private static Arguments broken(String rule, String in, String body) {
        return Arguments.of(rule, in, body);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void rule_brokenSource_findsIt(String rule, String in, String body) throws Exception {
        String name = in.isEmpty() ? ROOT : ROOT + "." + in;
        JavaClasses classes = compile(Source.of(name, "Broken", body));
        assertThat(rule(rule).evaluate(classes).hasViolation()).isTrue();
    }

    @Test
    void cyclesRule_brokenSources_findsThem() throws Exception {
        JavaClasses classes = compile(
                Source.of(ROOT + ".internal.one", "One", ROOT + ".internal.two.Two two;"),
                Source.of(ROOT + ".internal.two", "Two", ROOT + ".internal.one.One one;"));
        assertThat(rule("INTERNAL_PACKAGES_HAVE_NO_CYCLES").evaluate(classes).hasViolation())
                .isTrue();
    }

    @Test
    void everyRule_hasASourceThatBreaksIt() {
        List<String> proven =
                broken().map(arguments -> (String) arguments.get()[0]).collect(Collectors.toList());
        proven.add("INTERNAL_PACKAGES_HAVE_NO_CYCLES");
        assertThat(Arrays.stream(ArchitectureTest.class.getDeclaredFields())
                        .filter(field -> field.getType() == ArchRule.class)
                        .map(field -> field.getName()))
                .isNotEmpty()
                .allMatch(proven::contains);
    }

    private static ArchRule rule(String name) throws ReflectiveOperationException {
        return ((ArchRule) ArchitectureTest.class.getDeclaredField(name).get(null)).allowEmptyShould(true);
    }

    private JavaClasses compile(Source... sources) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none", "-nowarn", "-d", directory.resolve("classes").toString()));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        for (Source source : sources) {
            Path file = directory.resolve(source.name() + ".java");
            Files.writeString(file, source.text());
            arguments.add(file.toString());
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return new ClassFileImporter().importPath(directory.resolve("classes"));
    }

    private record Source(String name, String text) {
        static Source of(String in, String name, String body) {
            return new Source(name, "package " + in + "; public class " + name + " { " + body + " }");
        }
    }
}

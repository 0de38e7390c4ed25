package io.harmonylite.snapshot;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sqlite.core.DB;

/**
 * The driver's {@code DB.restore} and its SQL {@code restore from} answer 0 although they did nothing: beside a writer, on
 * a full or read-only disk, on another page size. Nobody here uses them.
 */
class BannedRestoreTest {

    private static final ArchRule NO_DRIVER_RESTORE = noClasses()
            .should()
            .callMethodWhere(target(owner(assignableTo(DB.class))).and(target(name("restore"))));

    private static final Pattern SQL_RESTORE = Pattern.compile("\"\\s*restore\\s[^\"]*from", Pattern.CASE_INSENSITIVE);

    @Test
    void driversRestore_isCalledNowhere() {
        NO_DRIVER_RESTORE.check(new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.harmonylite.snapshot"));
    }

    @Test
    void driversRestore_whereItIsCalled_isFound() {
        assertThatThrownBy(() -> NO_DRIVER_RESTORE.check(new ClassFileImporter().importClasses(Offender.class)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("DB.restore");
    }

    @Test
    void sqlRestore_isInNoSource() throws IOException {
        List<Path> sources = sources();
        assertThat(sources).hasSizeGreaterThan(50);
        assertThat(sources)
                .noneMatch(source -> SQL_RESTORE.matcher(read(source)).find());
    }

    @Test
    void sqlRestore_whereItIs_isFound() {
        for (String offence :
                List.of("\"restore from \" + file", "\" RESTORE main\nFROM 'x'\"", "\"restore from x\"")) {
            assertThat(SQL_RESTORE.matcher(offence).find()).as(offence).isTrue();
        }
    }

    /** Main sources of every module but the benchmarks, whose figures have such names. */
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

    static final class Offender {

        int pull(DB live) throws SQLException {
            return live.restore("main", "image.db", null);
        }
    }
}

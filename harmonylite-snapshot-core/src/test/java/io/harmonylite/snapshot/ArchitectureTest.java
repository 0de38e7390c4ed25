package io.harmonylite.snapshot;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;

/**
 * The rules of {@code docs/architecture.md}. {@link ArchitectureRulesTest} breaks each rule, to show that it can fail: a
 * new rule needs a source there that breaks it.
 */
@AnalyzeClasses(packages = "io.harmonylite.snapshot", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String INTERNAL = "io.harmonylite.snapshot.internal..";
    private static final String FILE = "io.harmonylite.snapshot.internal.file..";
    private static final String FORMAT = "io.harmonylite.snapshot.internal.format..";

    /** The packages that touch database files. */
    private static final String[] SQLITE = {
        "io.harmonylite.snapshot.internal.sqlite..",
        "io.harmonylite.snapshot.internal.changelog..",
        "io.harmonylite.snapshot.internal.install.."
    };

    /** Positions and changes that lie in the host's own tables: written on a connection and in a transaction handed in. */
    private static final String[] HANDED_IN = {
        "io.harmonylite.snapshot.internal.sequence..", "io.harmonylite.snapshot.change.."
    };

    /** What may be asked of a path without opening it or changing anything. */
    private static final Set<String> QUESTIONS = Set.of(
            "exists",
            "getFileAttributeView",
            "getLastModifiedTime",
            "isDirectory",
            "isRegularFile",
            "isSameFile",
            "isSymbolicLink",
            "isWritable",
            "readAttributes",
            "readSymbolicLink",
            "size");

    @ArchTest
    static final ArchRule PACKAGES_USE_ONLY_LOWER_PACKAGES =
            classes().that().resideInAPackage("io.harmonylite.snapshot..").should(PackageLayers.useOnlyLowerPackages());

    @ArchTest
    static final ArchRule INTERNAL_PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.harmonylite.snapshot.internal.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_OTHER_PACKAGE_USES_AN_ENTRY_POINT = noClasses()
            .that()
            .resideOutsideOfPackage("io.harmonylite.snapshot")
            .should()
            .dependOnClassesThat(belongToAnyOf(
                    SnapshotManager.class, SnapshotRepository.class, ManagerWiring.class, ServiceOptions.class))
            .because("a class is passed what it needs");

    @ArchTest
    static final ArchRule ONLY_THE_FORMAT_ENCODES = noClasses()
            .that()
            .resideOutsideOfPackage(FORMAT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.fasterxml.jackson.core..", "com.fasterxml.jackson.dataformat..", "com.github.luben.zstd..")
            .orShould()
            .callMethod(MessageDigest.class, "getInstance", String.class)
            .because("what is written to disk or sent away is described in one place");

    @ArchTest
    static final ArchRule THE_FORMAT_DOES_NO_IO = noClasses()
            .that()
            .resideInAPackage(FORMAT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.sql..", "org.sqlite..", "java.net..");

    @ArchTest
    static final ArchRule ONLY_THE_SEAM_OPENS_OR_CHANGES_FILES = noClasses()
            .that()
            .resideOutsideOfPackage(FILE)
            .should()
            .accessTargetWhere(changesOrOpensFiles())
            .orShould()
            .dependOnClassesThat(belongToAnyOf(
                    File.class,
                    FileInputStream.class,
                    FileOutputStream.class,
                    FileReader.class,
                    FileWriter.class,
                    RandomAccessFile.class))
            .because("tests kill, fail and forget at each single operation");

    @ArchTest
    static final ArchRule ONLY_DATABASE_PACKAGES_USE_THE_DRIVER = noClasses()
            .that()
            .resideOutsideOfPackages(SQLITE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.sqlite..");

    @ArchTest
    static final ArchRule ONLY_DATABASE_PACKAGES_RUN_SQL = noClasses()
            .that(resideInAPackage(INTERNAL)
                    .and(DescribedPredicate.not(resideInAnyPackage(SQLITE)))
                    .and(DescribedPredicate.not(resideInAnyPackage(HANDED_IN))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule THE_API_PASSES_CONNECTIONS_ON_AND_NEVER_USES_THEM = noClasses()
            .that(DescribedPredicate.not(resideInAPackage(INTERNAL))
                    .and(DescribedPredicate.not(resideInAnyPackage(HANDED_IN))))
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..")
                    .and(DescribedPredicate.not(belongToAnyOf(Connection.class, SQLException.class))))
            .orShould()
            .accessTargetWhere(describe(
                    "a connection is used", access -> access.getTargetOwner().isEquivalentTo(Connection.class)));

    @ArchTest
    static final ArchRule THE_DRIVERS_RESTORE_IS_NEVER_CALLED = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "the driver's restore is called",
                    access -> access.getTargetOwner().getPackageName().startsWith("org.sqlite")
                            && access.getName().equals("restore")))
            .because("it answers 0 although it did nothing");

    @ArchTest
    static final ArchRule THE_API_SHOWS_NO_INTERNAL_TYPE = codeUnits()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage(INTERNAL)
            .should(Visibility.showNothingOf(INTERNAL));

    @ArchTest
    static final ArchRule THE_API_EXTENDS_NO_INTERNAL_TYPE = classes()
            .that()
            .resideOutsideOfPackage(INTERNAL)
            .and()
            .arePublic()
            .should(Visibility.extendNothingOf(INTERNAL));

    @ArchTest
    static final ArchRule ONLY_ONE_PACKAGE_USES_MICROMETER = noClasses()
            .that()
            .resideOutsideOfPackage("io.harmonylite.snapshot.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..")
            .because("it is an optional dependency");

    @ArchTest
    static final ArchRule TIME_IS_INJECTED = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    private static DescribedPredicate<JavaAccess<?>> changesOrOpensFiles() {
        return describe("files are opened or changed", access -> {
            boolean channel = access.getTargetOwner().isEquivalentTo(FileChannel.class)
                    && access.getName().equals("open");
            boolean files =
                    access.getTargetOwner().isEquivalentTo(Files.class) && !QUESTIONS.contains(access.getName());
            return channel || files;
        });
    }
}

package io.harmonylite.snapshot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.harmonylite.snapshot", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule EXCEPTIONS_KNOW_NO_STORES = noClasses()
            .that()
            .resideInAPackage("..exception..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..store..");
}

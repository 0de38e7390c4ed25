package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operating system translates the texts of its errors; statuses do not depend on them. */
@EnabledOnOs(OS.LINUX)
class LocaleTest {

    private static final Path CATALOGS = Path.of("/usr/share/locale");

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    @ParameterizedTest
    @CsvSource({"de_DE,Datei ist zu gro", "fr_FR,Fichier trop"})
    void restore_fileSizeLimit_isStatus8(String locale, String text) throws Exception {
        sample.sql("CREATE TABLE big AS SELECT randomblob(9000000) AS b");
        sample.take();
        sample.lose();
        Outcome outcome = tool(locale).after("ulimit -f 12288").run(sample.onDatabase("restore"));
        assertThat(outcome.err()).contains("space", text);
        assertThat(outcome.status()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"de_DE,kein Speicherplatz", "fr_FR,Aucun espace"})
    void take_storeOnFullVolume_isStatus8(String locale, String text) throws Exception {
        sample.sql("CREATE TABLE big AS SELECT randomblob(3000000) AS b");
        try (Volume volume = Volume.mount(directory.resolve("volume"), "size=1m")) {
            Outcome outcome = tool(locale)
                    .run(
                            "take",
                            "--name",
                            "x",
                            "--database",
                            sample.database().toString(),
                            "--store",
                            volume.path().toUri() + "s");
            assertThat(outcome.err()).contains("not enough space in " + volume.path(), text);
            assertThat(outcome.status()).isEqualTo(8);
            assertThat(files(volume.path())).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"de_DE", "fr_FR"})
    void take_storeForbidden_isStatus2(String locale) throws Exception {
        Outcome outcome = tool(locale)
                .run(
                        "take",
                        "--name",
                        "x",
                        "--database",
                        sample.database().toString(),
                        "--store",
                        "file:/sys/kernel/backup");
        assertThat(outcome.err()).contains("this process has no permission in /sys/kernel/backup");
        assertThat(outcome.status()).isEqualTo(2);
    }

    private static long files(Path volume) throws IOException {
        try (var found = Files.walk(volume)) {
            return found.filter(Files::isRegularFile).count();
        }
    }

    /** Returns the tool in a locale that is compiled into the test's own directory. */
    private ToolProcess tool(String locale) throws Exception {
        Path catalog = CATALOGS.resolve(locale.substring(0, 2)).resolve("LC_MESSAGES/libc.mo");
        Path compiled = directory.resolve("locales");
        Files.createDirectories(compiled);
        boolean made = Files.exists(catalog)
                && Volume.run(
                                "localedef",
                                "-i",
                                locale,
                                "-f",
                                "UTF-8",
                                compiled.resolve(locale + ".UTF-8").toString())
                        <= 1;
        assumeThat(made)
                .as("localedef and the texts of " + locale + " are installed")
                .isTrue();
        return ToolProcess.in(directory)
                .environment(Map.of("LOCPATH", compiled.toString(), "LC_ALL", locale + ".UTF-8", "LANGUAGE", ""));
    }
}

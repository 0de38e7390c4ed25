package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportCommandTest {

    private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)([^<>]*)>");

    @TempDir
    Path directory;

    private Sample sample;
    private Path page;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
        page = directory.resolve("page.html");
    }

    private String report(String... options) throws IOException {
        Tool.run(sample.command("report", Tool.with(options, "--html", page.toString())))
                .succeeded();
        return Files.readString(page);
    }

    @Test
    void report_snapshots_areShownWithTheirMarks() throws Exception {
        String retired = sample.take();
        String proven = sample.take();
        Tool.run(sample.command("verify", "--deep", "--prove")).succeeded();
        Tool.run(sample.command("pin", "--id", proven)).succeeded();
        String latest = sample.take("--position", "changes=7");
        Tool.run(sample.command("prune", "--id", retired)).succeeded();
        assertThat(report("--keep-last", "1"))
                .contains("<span class=\"state ok\">OK</span>", "<p>2 snapshots</p>", "limit 1d", "limit 7d")
                .contains("keeps the last 1", "retires 0")
                .containsPattern(retired + "</td>\n.*\n(.*\n){3}<td>retired</td>")
                .containsPattern(proven + "</td>\n(.*\n){4}<td>pinned, proven \\d+s</td>")
                .containsPattern("ago: " + proven + " in \\d+ms</li>")
                .containsPattern(latest + "</td>\n(.*\n){5}<td>changes=7</td>")
                .contains("<i class=\"pinned\" title=\"pinned\"></i>", "<i class=\"retired\" title=\"retired\"></i>");
    }

    @Test
    void report_json_hasTheDataOfThePage() throws Exception {
        String one = sample.take();
        String two = sample.take();
        JsonNode report =
                Tool.run(sample.command("report", "--json", "--keep-last", "1")).json();
        assertThat(report.at("/listing/snapshots").findValuesAsText("id")).containsExactly(one, two);
        assertThat(report.at("/health/state").asText()).isEqualTo("stale");
        assertThat(report.at("/maxAgeSeconds").asLong()).isEqualTo(86_400);
        assertThat(report.at("/nextPrune/dryRun").asBoolean()).isTrue();
        assertThat(report.at("/nextPrune/retired/0").asText()).isEqualTo(one);
        assertThat(report.get("keep").asText()).isEqualTo("the last 1");
        assertThat(Tool.run(sample.command("list", "--json")).json().get("snapshots"))
                .hasSize(2);
    }

    @Test
    void report_withoutRetention_retiresNothing() throws Exception {
        sample.take();
        sample.take();
        JsonNode report = Tool.run(sample.command("report", "--json")).json();
        assertThat(report.at("/nextPrune/retired")).isEmpty();
        assertThat(report()).contains("keeps all, as no retention is given");
    }

    @Test
    void report_emptyStoreAndDamagedSnapshots_areReported() throws Exception {
        Files.createDirectory(sample.store());
        assertThat(report()).contains("class=\"state failing\"", "no-snapshot", "No snapshot was proven.");
        String one = sample.take();
        sample.damage("manifests");
        assertThat(report()).contains("manifest-unreadable", one + " cannot be read: snapshot " + one + " is damaged");
    }

    /** A store and streams may be written by others, whose names must not become markup. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "' onmouseover='alert(1)",
                "</style><script>alert(1)</script>",
                "&lt;script&gt;",
                "\u202Egnp.exe\u0000\u0007",
                "javascript:alert(1)//https://user:hunter2@host"
            })
    void report_hostileNames_stayText(String name) throws Exception {
        sample.take("--position", name + "=7");
        String html = report();
        assertThat(html)
                .doesNotContain("<script", "<img", "hunter2", "@import", "url(", "\u202E", "\u0000")
                .doesNotContainPattern("<[^>]* on[a-z]+=")
                .contains("default-src 'none'; style-src 'unsafe-inline'");
        assertThat(html.replaceAll("(?s)<style>.*</style>", "")).doesNotContainPattern("<[^>]*(src|href)=");
        assertBalanced(html.replaceFirst("<!DOCTYPE html>\n", "").replaceAll("(?s)<style>.*</style>", ""));
    }

    /** Checks that every element is closed in order, and that no other text has an angle bracket. */
    private static void assertBalanced(String html) {
        List<String> empty = List.of("meta", "br");
        java.util.ArrayDeque<String> open = new java.util.ArrayDeque<>();
        TAG.matcher(html).results().forEach(tag -> {
            if (tag.group(1).isEmpty() && !empty.contains(tag.group(2))) {
                open.push(tag.group(2));
            } else if (!tag.group(1).isEmpty()) {
                assertThat(open.pop()).isEqualTo(tag.group(2));
            }
        });
        assertThat(open).isEmpty();
        assertThat(TAG.matcher(html).replaceAll("")).doesNotContain("<", ">");
    }

    @Test
    void report_moreSnapshotsThanColumns_showsTheLatestAndListsAll() throws Exception {
        for (int i = 0; i < 62; i++) {
            sample.take();
        }
        String html = report();
        assertThat(html).contains("One column for each snapshot, the latest 60, oldest left");
        assertThat(Pattern.compile("height:")
                        .matcher(html.replaceAll("(?s)<style>.*</style>", ""))
                        .results())
                .hasSize(120);
        assertThat(Pattern.compile("<tr>").matcher(html).results()).hasSize(63);
    }

    @Test
    void report_existingPage_isReplacedAsAWhole() throws Exception {
        sample.take();
        Files.writeString(page, "old");
        report();
        assertThat(page).content().startsWith("<!DOCTYPE html>").endsWith("</html>\n");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    @Test
    void report_directoryMissing_isStatus2AndNamesTheFile() {
        sample.take();
        Outcome outcome = Tool.run(sample.command(
                "report", "--html", directory.resolve("none/page.html").toString()));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("none/page.html", "its directory does not exist; check --html");
    }

    @Test
    void report_storeThatMayOnlyBeRead_leavesThePruneUnknown() throws Exception {
        try (Volume store = Volume.mount(sample.store(), "size=16m")) {
            sample.take();
            assertThat(Volume.run("mount", "-o", "remount,ro", store.path().toString()))
                    .isZero();
            assertThat(report("--keep-last", "1")).contains("<p>unknown</p>", "<p>1 snapshot</p>");
        }
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruneCommandTest {

    private static final String UNKNOWN_ID = "20261124T093000123Z-node_1-0123456789abcdef";

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    private JsonNode prune(String... options) {
        return Tool.run(sample.command("prune", Tool.with(options, "--json"))).json();
    }

    private static List<String> ids(JsonNode array) {
        return array.findValuesAsText("id");
    }

    private static List<String> texts(JsonNode array) {
        return array.isEmpty()
                ? List.of()
                : List.of(array.toString().replaceAll("[\\[\\]\"]", "").split(",", -1));
    }

    private List<String> listed() {
        return ids(Tool.run(sample.command("list", "--json")).json().get("snapshots"));
    }

    /** Makes every object in the store older. */
    private void age(Duration age) throws Exception {
        for (String kind : List.of("manifests", "packs", "retired")) {
            if (Files.isDirectory(sample.store().resolve("orders").resolve(kind))) {
                for (Path object : sample.objects(kind)) {
                    Instant stored = Files.getLastModifiedTime(object).toInstant();
                    Files.setLastModifiedTime(object, FileTime.from(stored.minus(age)));
                }
            }
        }
    }

    @Test
    void prune_keepLast_retiresAndRemovesAfterTheGracePeriod() throws Exception {
        String one = sample.take();
        String two = sample.take();
        JsonNode retired = prune("--keep-last", "1");
        assertThat(texts(retired.get("retired"))).containsExactly(one);
        assertThat(retired.get("dryRun").asBoolean()).isFalse();
        assertThat(retired.get("removed")).isEmpty();
        assertThat(retired.get("bytesFreed").asLong()).isZero();
        assertThat(retired.get("bytesWaiting").asLong()).isPositive();
        assertThat(ids(retired.get("waiting"))).containsExactly(one);
        assertThat(Instant.parse(retired.at("/waiting/0/until").asText())).isAfter(Instant.EPOCH);
        assertThat(listed()).containsExactly(two);
        assertThat(sample.objects("packs")).hasSize(2);

        age(Duration.ofHours(25));
        JsonNode removed = prune("--keep-last", "1");
        assertThat(texts(removed.get("removed"))).containsExactly(one);
        assertThat(removed.get("bytesFreed").asLong())
                .isEqualTo(retired.get("bytesWaiting").asLong());
        assertThat(sample.objects("packs")).hasSize(1);
        Tool.run(sample.command("verify", "--all", "--deep")).succeeded();
    }

    @Test
    void prune_dryRun_reportsTheSameAndChangesNothing() throws Exception {
        String one = sample.take();
        String two = sample.take();
        JsonNode planned = prune("--keep-last", "1", "--grace-period", "0s", "--dry-run");
        assertThat(planned.get("dryRun").asBoolean()).isTrue();
        assertThat(listed()).containsExactly(one, two);
        JsonNode done = prune("--keep-last", "1", "--grace-period", "0s");
        for (String key : List.of("retired", "removed", "orphans", "bytesFreed", "waiting", "bytesWaiting")) {
            assertThat(planned.get(key)).as(key).isEqualTo(done.get(key));
        }
        assertThat(texts(done.get("removed"))).containsExactly(one);
        assertThat(sample.objects("packs")).hasSize(1);
        String lines = Tool.run(sample.command("prune", "--keep-last", "1", "--dry-run"))
                .succeeded()
                .out();
        assertThat(lines).contains("0 snapshots would be retired").contains("would be freed");
    }

    @Test
    void prune_keepYoungerThan_usesTheLaterTimeOfHostAndStore() throws Exception {
        String one = sample.takeAt(Instant.now().minus(Duration.ofDays(2)));
        age(Duration.ofDays(2));
        String two = sample.take();
        String three = sample.take();
        String[] both = {"--keep-younger-than", "1d", "--keep-last", "1"};
        assertThat(texts(prune(both).get("retired"))).containsExactly(one);
        assertThat(listed()).containsExactly(two, three);
    }

    @ParameterizedTest
    @CsvSource({"hourly, PT1H", "daily, P1D", "weekly, P7D", "monthly, P31D"})
    void prune_calendarRule_keepsTheLatestOfEachPeriod(String rule, Duration period) throws Exception {
        for (int i = 0; i < 3; i++) {
            age(period.multipliedBy(2));
            sample.takeAt(Instant.now().minus(period.multipliedBy(2L * (2 - i))));
        }
        List<String> ids = listed();
        assertThat(texts(prune("--keep-" + rule, "2").get("retired"))).containsExactly(ids.get(0));
        assertThat(listed()).containsExactly(ids.get(1), ids.get(2));
    }

    @Test
    void prune_timesInTheFuture_keepsTheNewestAndReportsThem() throws Exception {
        String one = sample.take();
        String two = sample.take();
        age(Duration.ofDays(-1000));
        assertThat(prune("--keep-younger-than", "1d").get("retired")).isEmpty();
        JsonNode report = prune("--keep-last", "1");
        assertThat(texts(report.get("retired"))).containsExactly(one);
        assertThat(ids(report.get("doubts"))).contains(two);
        assertThat(Tool.run(sample.command("list")).succeeded().out()).contains("DOUBTFUL TIME " + two);
        assertThat(ids(Tool.run(sample.command("list", "--json")).json().get("doubts")))
                .containsExactly(two);
    }

    @Test
    void prune_byId_retiresThatSnapshot() {
        String one = sample.take();
        String two = sample.take();
        String three = sample.take();
        assertThat(texts(prune("--id", two).get("retired"))).containsExactly(two);
        assertThat(listed()).containsExactly(one, three);
        assertThat(Tool.run(sample.command("prune", "--id", three))).returns(2, Outcome::status);
        assertThat(Tool.run(sample.command("prune", "--id", UNKNOWN_ID))).returns(3, Outcome::status);
    }

    @Test
    void prune_unreadableManifest_isStatus4UntilItIsRetired() {
        String damaged = sample.take();
        sample.damage("manifests");
        String two = sample.take();
        String three = sample.take();
        Outcome stopped = Tool.run(sample.command("prune", "--keep-last", "1", "--json"));
        assertThat(stopped.status()).isEqualTo(4);
        JsonNode document = Tool.json(stopped.out());
        assertThat(document.get("stopped").asBoolean()).isTrue();
        assertThat(ids(document.get("unreadable"))).containsExactly(damaged);
        assertThat(document.get("retired")).isEmpty();
        assertThat(Tool.run(sample.command("prune", "--keep-last", "1")).out())
                .contains("UNREADABLE " + damaged)
                .contains("--id");
        assertThat(texts(prune("--id", damaged).get("retired"))).containsExactly(damaged);
        assertThat(texts(prune("--keep-last", "1").get("retired"))).containsExactly(two);
        assertThat(listed()).containsExactly(three);
    }

    @ParameterizedTest
    @CsvSource({
        "no retention is given,''",
        "at least 1,--keep-last 0",
        "not a duration,--keep-younger-than soon",
        "not a duration,--keep-younger-than 99999999999999999999d",
        "positive,--keep-younger-than 0s",
        "from 0 to 100 years,--keep-last 1 --grace-period PT-1S",
        "--id retires one,--keep-last 1 --id " + UNKNOWN_ID,
        "not a snapshot id,--id x"
    })
    void prune_wrongUsage_isReportedBeforeTheStoreIsOpened(String text, String options) {
        String[] arguments = options.isEmpty() ? new String[0] : options.split(" ", -1);
        Outcome outcome = Tool.run(sample.command("prune", arguments));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains(text);
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void prune_storeMissing_isStatus3() {
        assertThat(Tool.run(sample.command("prune", "--keep-last", "1"))).returns(3, Outcome::status);
    }

    @Test
    void pin_pinned_isListedAndKeptUntilUnpinned() {
        String one = sample.take();
        String two = sample.take();
        JsonNode pinned = Tool.run(sample.command("pin", "--id", one, "--json")).json();
        assertThat(pinned.get("pinned").asBoolean()).isTrue();
        assertThat(pinned.get("id").asText()).isEqualTo(one);
        assertThat(Tool.run(sample.command("list", "--json"))
                        .json()
                        .at("/pinned/0")
                        .asText())
                .isEqualTo(one);
        assertThat(Tool.run(sample.command("list")).succeeded().out()).containsPattern(one + ".+pinned");
        assertThat(prune("--keep-last", "1").get("retired")).isEmpty();
        assertThat(Tool.run(sample.command("prune", "--id", one)))
                .returns(2, Outcome::status)
                .extracting(Outcome::err)
                .asString()
                .contains("pinned");
        assertThat(Tool.run(sample.command("unpin", "--id", one)).succeeded().out())
                .contains("Unpinned " + one);
        Tool.run(sample.command("unpin", "--id", one)).succeeded();
        assertThat(texts(prune("--keep-last", "1").get("retired"))).containsExactly(one);
        assertThat(listed()).containsExactly(two);
    }

    @Test
    void pin_missing_isStatus3() {
        sample.take();
        assertThat(Tool.run(sample.command("pin", "--id", UNKNOWN_ID))).returns(3, Outcome::status);
        assertThat(Tool.run(sample.command("unpin", "--id", UNKNOWN_ID))).returns(3, Outcome::status);
        assertThat(Tool.run(sample.command("pin"))).returns(2, Outcome::status);
    }
}

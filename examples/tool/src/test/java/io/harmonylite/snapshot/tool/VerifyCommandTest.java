package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {

    @TempDir
    Path directory;

    private Sample sample;
    private String one;
    private String two;

    @BeforeEach
    void takeTwo() throws Exception {
        sample = Sample.create(directory);
        one = sample.take();
        two = sample.take();
    }

    @Test
    void verify_noSelection_verifiesTheLatest() {
        JsonNode document = Tool.run(sample.command("verify", "--json")).json();
        assertThat(document.get("depth").asText()).isEqualTo("manifest");
        assertThat(document.get("reports").findValuesAsText("id")).containsExactly(two);
        assertThat(document.at("/reports/0/sound").asBoolean()).isTrue();
    }

    @Test
    void verify_id_verifiesThatSnapshot() {
        assertThat(Tool.run(sample.command("verify", "--id", one)).succeeded().out())
                .startsWith("sound   " + one)
                .contains("1 snapshot verified, 0 damaged", "--deep");
    }

    @Test
    void verify_allDeep_rebuildsEach() {
        JsonNode document =
                Tool.run(sample.command("verify", "--all", "--deep", "--json")).json();
        assertThat(document.get("depth").asText()).isEqualTo("rebuild");
        assertThat(document.get("reports").findValuesAsText("id")).containsExactly(one, two);
    }

    @Test
    void verify_flippedBitInAPack_isFoundByDeepOnly() {
        Sample.damage(sample.objects("packs")[0]);
        assertThat(Tool.run(sample.command("verify", "--all")).status()).isZero();
        Outcome deep = Tool.run(sample.command("verify", "--all", "--deep", "--json"));
        assertThat(deep.status()).isEqualTo(4);
        assertThat(deep.json().at("/reports/0/sound").asBoolean()).isFalse();
        assertThat(deep.json().at("/reports/0/problem").asText())
                .contains(sample.objects("packs")[0].getFileName().toString());
        assertThat(deep.json().at("/reports/1/sound").asBoolean()).isTrue();
        assertThat(Tool.run(sample.command("verify", "--all", "--deep")).out())
                .contains("DAMAGED " + one, "sound   " + two, "2 snapshots verified, 1 damaged");
    }

    @Test
    void verify_packMissing_isFoundWithoutDeep() throws Exception {
        Files.delete(sample.objects("packs")[1]);
        Outcome outcome = Tool.run(sample.command("verify"));
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.out()).contains("DAMAGED " + two, "is missing");
    }

    @Test
    void verify_unreadableManifest_isReportedAsDamaged() {
        Sample.damage(sample.objects("manifests")[1]);
        assertThat(Tool.run(sample.command("verify")).out()).contains("DAMAGED " + two);
        assertThat(Tool.run(sample.command("verify", "--all")))
                .returns(4, Outcome::status)
                .satisfies(outcome -> assertThat(outcome.out()).contains("sound   " + one, "DAMAGED " + two));
    }

    @Test
    void verify_olderManifestUnreadable_latestIsSound() {
        Sample.damage(sample.objects("manifests")[0]);
        Outcome outcome = Tool.run(sample.command("verify"));
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("sound   " + two);
        assertThat(outcome.err()).contains(one).contains("--all");
    }

    private void makeUncheckable() throws Exception {
        sample.sql(
                "CREATE TABLE folded (a)",
                "CREATE INDEX folded_a ON folded (a) WHERE lower(a) = 'x'",
                "CREATE TABLE strict_note (a)",
                "INSERT INTO strict_note VALUES (NULL), (NULL)",
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_schema SET sql = replace(sql, 'lower(', 'fold(') WHERE name = 'folded_a'",
                "UPDATE sqlite_schema SET sql = replace(sql, '(a)', '(a NOT NULL)') WHERE name = 'strict_note'");
    }

    @Test
    void verify_functionMissing_isUncheckedAndDoesNotStopTheOthers() throws Exception {
        makeUncheckable();
        String three = sample.take();
        Sample.damage(sample.objects("packs")[0]);
        Outcome outcome = Tool.run(sample.command("verify", "--all", "--deep"));
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.out())
                .contains("DAMAGED " + one, "sound   " + two, "UNCHECKED " + three)
                .contains("digests match; tables not checked: folded (unknown function: fold())")
                .contains("3 snapshots verified, 1 damaged");
        Outcome latest = Tool.run(sample.command("verify", "--deep", "--json"));
        assertThat(latest.status()).isZero();
        assertThat(latest.err()).contains("warning: " + three + ": NULL value in strict_note.a: 2 rows", "folded (");
        JsonNode report = Tool.json(latest.out()).at("/reports/0");
        assertThat(report.get("sound").asBoolean()).isTrue();
        assertThat(report.at("/unchecked/0").asText()).isEqualTo("folded (unknown function: fold())");
        assertThat(report.at("/violations/0").asText()).isEqualTo("NULL value in strict_note.a: 2 rows");
    }

    /** A pack is a link to itself, so that opening it fails until the retries end after 20 s. */
    @Test
    @Tag("slow")
    void verify_onePackCannotBeRead_reportsEachSnapshotAndTheWorstStatus() throws Exception {
        Path pack = sample.objects("packs")[0];
        Files.delete(pack);
        Files.createSymbolicLink(pack, pack.getFileName());
        Outcome outcome = Tool.run(sample.command("verify", "--all", "--deep", "--json"));
        JsonNode reports = Tool.json(outcome.out()).get("reports");
        assertThat(reports.findValuesAsText("id")).containsExactly(one, two);
        assertThat(outcome.status()).isEqualTo(reports.at("/0/status").asInt()).isEqualTo(5);
        assertThat(reports.at("/1/status").asInt()).isZero();
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandTest {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    @Test
    void list_none_isEmpty() throws Exception {
        Files.createDirectory(sample.store());
        JsonNode document = Tool.run(sample.command("list", "--json")).json();
        assertThat(document.get("snapshots").isArray()).isTrue();
        assertThat(document.get("snapshots")).isEmpty();
        assertThat(document.get("unreadable")).isEmpty();
        assertThat(Tool.run(sample.command("list")).succeeded().out()).startsWith("No snapshots of orders in file:");
    }

    @Test
    void list_some_areListedOldestFirst() {
        String one = sample.take("--position", "changes=7");
        String two = sample.take();
        JsonNode snapshots = Tool.run(sample.command("list", "--json")).json().get("snapshots");
        assertThat(snapshots.findValuesAsText("id")).containsExactly(one, two);
        assertThat(snapshots.at("/0/positions/changes/sequence").asLong()).isEqualTo(7);
        assertThat(Tool.run(sample.command("list")).succeeded().out().lines())
                .hasSize(3)
                .element(1)
                .asString()
                .startsWith(one)
                .endsWith("changes=7");
    }

    @Test
    void list_provenAndPinned_areMarked() {
        String plain = sample.take();
        String proven = sample.take();
        Tool.run(sample.command("verify", "--deep", "--prove")).succeeded();
        Tool.run(sample.command("pin", "--id", proven)).succeeded();
        JsonNode proofs = Tool.run(sample.command("list", "--json")).json().get("proofs");
        assertThat(proofs.findValuesAsText("id")).containsExactly(proven);
        assertThat(Tool.run(sample.command("list")).succeeded().out().lines())
                .satisfiesExactlyInAnyOrder(
                        header -> assertThat(header).endsWith("POSITIONS"),
                        line -> assertThat(line).startsWith(plain).doesNotContain("proven"),
                        line -> assertThat(line).startsWith(proven).containsPattern("  pinned, proven \\d+m?s  none$"));
    }

    @Test
    void list_retired_isMarkedUntilItIsRemoved() {
        String one = sample.take();
        sample.take();
        Tool.run(sample.command("prune", "--keep-last", "1")).succeeded();
        assertThat(Tool.run(sample.command("list")).succeeded().out()).containsPattern("(?m)^" + one + ".*  retired$");
        JsonNode document = Tool.run(sample.command("list", "--json")).json();
        assertThat(document.get("snapshots")).hasSize(1);
        assertThat(document.at("/retired/0").asText()).isEqualTo(one);
        Tool.run(sample.command("prune", "--keep-last", "1", "--grace-period", "0s"))
                .succeeded();
        assertThat(Tool.run(sample.command("list")).succeeded().out()).doesNotContain(one);
    }

    @Test
    void list_ageAndBytes_areShownInSuitableUnits() throws Exception {
        Instant before = Instant.now().minus(Duration.ofHours(77)).minusSeconds(60);
        String old = sample.takeAt(before);
        Files.setLastModifiedTime(sample.objects("manifests")[0], FileTime.from(before));
        String incremental = sample.takeAt(Instant.now());
        assertThat(Tool.run(sample.command("list")).succeeded().out())
                .containsPattern("(?m)^ID +AGE +IMAGE +NEW +REFERENCED +MARKS +POSITIONS$")
                .containsPattern("(?m)^" + old + "  3d 5h +8.0 KiB +\\d+ bytes +0 bytes +none$")
                .containsPattern("(?m)^" + incremental + "  \\d+s +8.0 KiB +0 bytes +\\d{3} bytes +none$");
    }

    @Test
    void list_withoutName_listsTheNames() throws Exception {
        Files.createDirectory(sample.store());
        assertThat(Tool.run("list", "--store", sample.storeUri()).succeeded().out())
                .startsWith("No snapshots in file:");
        sample.take();
        sample.take();
        Tool.run("take", "--database", sample.database().toString(), "--name", "b", "--store", sample.storeUri())
                .succeeded();
        assertThat(Tool.run("list", "--store", sample.storeUri())
                        .succeeded()
                        .out()
                        .lines())
                .containsExactly("b", "orders");
        assertThat(Tool.run("list", "--json", "--store", sample.storeUri())
                        .json()
                        .get("names"))
                .extracting(JsonNode::asText)
                .containsExactly("b", "orders");
    }

    @Test
    void list_otherName_isNotListed() {
        sample.take();
        assertThat(Tool.run("list", "--json", "--name", "other", "--store", sample.storeUri())
                        .json()
                        .get("snapshots"))
                .isEmpty();
    }

    @Test
    void list_damagedManifest_isNamedWithTheReason() {
        String one = sample.take();
        sample.damage("manifests");
        String two = sample.take();
        JsonNode document = Tool.run(sample.command("list", "--json")).json();
        assertThat(document.get("snapshots").findValuesAsText("id")).containsExactly(two);
        assertThat(document.at("/unreadable/0/id").asText()).isEqualTo(one);
        assertThat(document.at("/unreadable/0/problem").asText()).contains("is damaged");
        assertThat(Tool.run(sample.command("list")).succeeded().out()).contains("UNREADABLE " + one);
    }
}

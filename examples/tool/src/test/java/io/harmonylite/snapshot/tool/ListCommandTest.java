package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
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
        String when = proofs.at("/0/storedAt").asText();
        assertThat(Tool.run(sample.command("list")).succeeded().out().lines())
                .satisfiesExactlyInAnyOrder(
                        header -> assertThat(header).endsWith("POSITIONS"),
                        line -> assertThat(line).startsWith(plain).doesNotContain("proven"),
                        line -> assertThat(line).startsWith(proven).endsWith("  pinned  proven " + when));
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

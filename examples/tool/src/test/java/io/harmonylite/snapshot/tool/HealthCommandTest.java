package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthCommandTest {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
        Files.createDirectory(sample.store());
    }

    private Outcome health(String... options) {
        return Tool.run(sample.command("health", options));
    }

    private void assertHealth(int status, String state, String... causes) {
        Outcome outcome = health("--json");
        JsonNode document = outcome.json();
        assertThat(document.get("state").asText()).isEqualTo(state);
        assertThat(document.get("reasons").findValuesAsText("cause")).containsExactly(causes);
        assertThat(outcome.status()).isEqualTo(status);
    }

    @Test
    void health_fromEmptyToProven_hasAStatusForEachState() throws Exception {
        assertHealth(5, "failing", "no-snapshot");
        String id = sample.takeAt(Instant.now().minus(Duration.ofDays(8)));
        assertHealth(1, "stale", "proof-old");
        Tool.run(sample.command("verify", "--deep", "--prove")).succeeded();
        assertHealth(0, "ok");
        JsonNode document = health("--json").json();
        assertThat(document.get("name").asText()).isEqualTo("orders");
        assertThat(document.get("newest").asText()).isEqualTo(id);
        assertThat(document.get("proven").asText()).isEqualTo(id);
        assertThat(document.get("newestAgeSeconds").asDouble()).isNotNegative();
        assertThat(document.get("snapshots").asInt()).isEqualTo(1);
        assertThat(document.get("storedBytes").asLong()).isPositive();
        age(Duration.ofDays(8));
        assertHealth(1, "stale", "snapshot-old", "proof-old");
        assertThat(health("--max-age", "30d", "--max-proof-age", "30d")
                        .succeeded()
                        .out())
                .startsWith("OK: 1 snapshot");
    }

    private void age(Duration age) throws Exception {
        for (String kind : new String[] {"manifests", "proofs"}) {
            for (Path object : sample.objects(kind)) {
                Instant stored = Files.getLastModifiedTime(object).toInstant();
                Files.setLastModifiedTime(object, FileTime.from(stored.minus(age)));
            }
        }
    }

    @Test
    void health_text_namesStateAndReasons() {
        sample.take();
        Outcome outcome = health();
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).startsWith("STALE: 1 snapshot").contains("proof-old  ");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void health_storeMissing_isStatus3() throws Exception {
        Files.delete(sample.store());
        assertThat(health().status()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--sequence-map x",
                "--stream a",
                "--nats nats://localhost:4222",
                "--max-age 0s",
                "--min-headroom 2",
                "--max-lag -1"
            })
    void health_invalidOptions_areRejected(String options) {
        assertThat(health(options.split(" ", -1)).status()).as(options).isEqualTo(2);
    }

    @Test
    void status_eachState_hasItsOwn() {
        assertThat(Arrays.stream(HealthState.values()).map(HealthCommand::status))
                .containsExactly(
                        ExitStatus.DONE,
                        ExitStatus.FAILED,
                        ExitStatus.UNAVAILABLE,
                        ExitStatus.BUSY,
                        ExitStatus.DECISION);
    }

    @Test
    void verify_proveWithoutDeep_isRejected() {
        assertThat(Tool.run(sample.command("verify", "--prove")).status()).isEqualTo(2);
    }

    @Test
    void verify_proveOfADamagedSnapshot_recordsNoProof() {
        sample.take();
        sample.damage("packs");
        assertThat(Tool.run(sample.command("verify", "--deep", "--prove")).status())
                .isEqualTo(4);
        assertThat(sample.store().resolve("orders").resolve("proofs")).doesNotExist();
    }
}

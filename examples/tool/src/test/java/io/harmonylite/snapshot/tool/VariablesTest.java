package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests options that environment variables set. */
class VariablesTest {

    @TempDir
    Path directory;

    private Sample sample;
    private final TreeMap<String, String> environment = new TreeMap<>();

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
        environment.putAll(Map.of(
                "SNAPSHOT_STORE", sample.storeUri(),
                "SNAPSHOT_NAME", "orders",
                "SNAPSHOT_DATABASE", sample.database().toString()));
    }

    private Outcome run(String... args) {
        return Tool.run(environment, args);
    }

    @Test
    void run_requiredOptionsInVariables_needNoOptions() throws Exception {
        environment.put("SNAPSHOT_KEEP_LAST", "1");
        run("take").succeeded();
        run("take", "--full").succeeded();
        assertThat(run("prune").succeeded().out()).contains("1 snapshot retired");
        Outcome listed = ToolProcess.in(directory).environment(environment).run("list", "--json");
        assertThat(listed.json().get("snapshots")).hasSize(1);
    }

    @Test
    void run_optionAndVariable_theCommandLineWins() {
        run("take", "--name", "other").succeeded();
        assertThat(run("list").succeeded().out()).startsWith("No snapshots of orders");
        assertThat(run("list", "--name=other").succeeded().out()).startsWith("ID");
    }

    @Test
    void run_wrongValue_namesTheVariableOnlyIfItSetTheValue() {
        assertThat(run("take", "--store=http://x").err()).contains("--store").doesNotContain("SNAPSHOT_STORE");
        assertThat(run("take", "--store", "http://x").err()).contains("--store").doesNotContain("SNAPSHOT_STORE");
        environment.put("SNAPSHOT_STORE", "http://x");
        assertThat(run("take").err()).contains("check the variable SNAPSHOT_STORE");
    }

    /** A forgotten variable must not choose what is restored or retired, or switch something on. */
    @ParameterizedTest
    @CsvSource({"ID", "AT", "POSITION", "HELP", "VERSION", "ALL", "DRY_RUN", "JSON", "FULL"})
    void run_variableOfAFlagOrOfOneRun_isIgnored(String variable) {
        environment.put("SNAPSHOT_" + variable, "true");
        run("take").succeeded();
        assertThat(run("verify").succeeded().out()).startsWith("sound").contains("1 snapshot verified");
        environment.put("SNAPSHOT_KEEP_LAST", "1");
        assertThat(run("prune").succeeded().out()).contains("0 snapshots retired");
    }

    @Test
    void run_variablesOfOtherCommandsAndSchemes_areIgnored() {
        environment.putAll(Map.of(
                "SNAPSHOT_NATS_CREDS",
                "/none",
                "SNAPSHOT_S3_REGION",
                "eu-west-1",
                "SNAPSHOT_EVERY",
                "1h",
                "SNAPSHOT_SEQUENCE_MAP",
                "/none",
                "SNAPSHOT_KEEP_LAST",
                "1",
                "SNAPSHOT_CACHE",
                "x"));
        run("take", "--position", "changes=1").succeeded();
        String id = Tool.json(run("take", "--position", "changes=2", "--full", "--json")
                        .out())
                .at("/snapshot/id")
                .asText();
        Outcome retired = run("prune", "--id", id);
        assertThat(retired.err()).contains("latest");
        assertThat(run("health").status()).isEqualTo(1);
        assertThat(run("list", "--s3-region", "x").err()).contains("options that begin with --s3 do not apply");
    }

    @Test
    void run_emptyVariable_isNotSet() {
        environment.put("SNAPSHOT_NODE", "");
        environment.put("SNAPSHOT_NAME", "");
        Outcome outcome = run("take");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("Missing required option: '--name=NAME'");
        run("take", "--name", "orders").succeeded();
    }

    @Test
    void run_wrongValue_namesTheVariable() {
        environment.put("SNAPSHOT_KEEP_LAST", "many");
        Outcome outcome = run("prune");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--keep-last", "'many'", "check the variable SNAPSHOT_KEEP_LAST");
        assertThat(Tool.run("prune", "--keep-last=many").err()).doesNotContain("SNAPSHOT_KEEP_LAST");
    }

    @Test
    void run_streamsInVariables_areSeparatedByCommas() throws Exception {
        run("take").succeeded();
        environment.put("SNAPSHOT_STREAM", "a,b");
        assertThat(run("health").err()).contains("--nats and --stream belong together");
        environment.put("SNAPSHOT_NATS", "none://x");
        assertThat(run("health").err()).contains("check the variable SNAPSHOT_NATS");
        Files.delete(sample.objects("manifests")[0]);
    }
}

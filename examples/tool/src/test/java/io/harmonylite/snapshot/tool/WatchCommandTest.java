package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Tests {@code watch} without streams. */
class WatchCommandTest {

    private static final String[] OFTEN = {"--every", "PT0.1S", "--check-every", "PT0.1S"};

    @TempDir
    Path directory;

    private Sample sample;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "--every-messages 5, --every-messages and --headroom need streams",
        "--every 1h --headroom 0.5, --every-messages and --headroom need streams",
        "--every 1h --nats nats://localhost:4222, --stream",
        "--every 1h --stream x, --nats",
        "--every 1h --keep-daily 0, the number of periods must be at least 1",
        "'', give --every"
    })
    void watch_wrongInput_createsNothing(String options, String reason) {
        String[] given = options.isEmpty() ? new String[0] : options.split(" ", -1);
        Outcome outcome = Tool.run(sample.onDatabase("watch", given));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains(reason);
        assertThat(sample.store()).doesNotExist();
    }

    private FutureTask<Integer> start(String... arguments) {
        FutureTask<Integer> watch = new FutureTask<>(() -> {
            CommandLine tool = SnapshotTool.commandLine(() -> false, Map.of(), arguments);
            return tool.setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(err))
                    .execute(arguments);
        });
        Thread thread = new Thread(watch, "watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    private static void stop(FutureTask<Integer> watch) throws Exception {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("watch"))
                .forEach(Thread::interrupt);
        assertThat(watch.get()).isZero();
    }

    private List<JsonNode> events() {
        synchronized (out.getBuffer()) {
            return out.toString().lines().map(Tool::json).toList();
        }
    }

    private List<String> outcomes(String event) {
        return events().stream()
                .filter(each -> each.get("event").asText().equals(event))
                .map(each -> each.path("outcome").asText())
                .toList();
    }

    @Test
    void watch_json_printsALineForEachEvent() throws Exception {
        String[] keep = Tool.with(OFTEN, "--keep-last", "1", "--keep-daily", "2", "--json");
        FutureTask<Integer> watch = start(sample.onDatabase("watch", keep));
        await().atMost(Duration.ofSeconds(60)).until(() -> outcomes("take").contains("unchanged"));
        sample.sql("INSERT INTO orders (what) VALUES ('soup')");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> outcomes("take").stream().filter("done"::equals).count() == 2);
        await().atMost(Duration.ofSeconds(60)).until(() -> outcomes("drill").contains("done"));
        stop(watch);
        assertThat(err.toString()).isEmpty();
        JsonNode first = events().get(0);
        assertThat(first.get("event").asText()).isEqualTo("start");
        assertThat(first.get("does").asText())
                .contains("without streams", "a snapshot every 100ms", "the last 1 and one per day for the last 2");
        assertThat(outcomes("prune")).contains("done");
        JsonNode last = events().get(events().size() - 1);
        assertThat(last.get("event").asText()).isEqualTo("end");
        assertThat(last.get("taken")).hasSize(2);
    }

    @Test
    void watch_text_saysAtItsStartWhatItDoes() throws Exception {
        FutureTask<Integer> watch = start(sample.onDatabase("watch", "--every", "6h", "--no-drills"));
        await().atMost(Duration.ofSeconds(60)).until(() -> err.toString().contains("take done"));
        stop(watch);
        assertThat(err.toString().lines().findFirst().orElseThrow())
                .startsWith("snapshot-tool: watches " + sample.database() + " as orders in " + sample.storeUri())
                .contains("without streams", "Checks every 1m", "takes a snapshot every 6h", "proves none")
                .contains("prunes nothing", "SIGINT");
        assertThat(out.toString()).startsWith("Watched orders: 1 snapshot taken, 0 failures");
    }

    @Test
    void watch_failureInJson_isAnEventOfOneLine() throws Exception {
        sample.sql("PRAGMA journal_mode = DELETE");
        java.nio.file.Files.writeString(sample.database(), "no database".repeat(100));
        FutureTask<Integer> watch = start(sample.onDatabase("watch", Tool.with(OFTEN, "--json")));
        await().atMost(Duration.ofSeconds(60)).until(() -> outcomes("take").contains("failed"));
        stop(watch);
        assertThat(err.toString()).isEmpty();
        assertThat(events().get(1).get("failure").asText()).contains(sample.database() + " is damaged");
        assertThat(Tool.run(sample.onDatabase("watch", "--json")).out().lines()).hasSize(1);
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TakeCommandTest {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    @Test
    void take_success_printsTheSnapshotAndCreatesTheStore() {
        Outcome outcome = Tool.run(sample.onDatabase("take")).succeeded();
        String id = sample.objects("manifests")[0].getFileName().toString();
        assertThat(outcome.out())
                .startsWith("Took " + id + " of orders into file:")
                .contains("image      8.0 KiB, 2 pages", "positions  none");
    }

    @Test
    void take_json_isTheSnapshot() {
        JsonNode snapshot = Tool.run(sample.onDatabase("take", "--json", "--node", "berlin_2"))
                .json()
                .get("snapshot");
        assertThat(snapshot.get("id").asText())
                .isEqualTo(sample.objects("manifests")[0].getFileName().toString())
                .contains("-berlin_2-");
        assertThat(snapshot.get("name").asText()).isEqualTo("orders");
        assertThat(snapshot.get("node").asText()).isEqualTo("berlin_2");
        assertThat(snapshot.get("storedBytes").asLong()).isPositive();
        assertThat(snapshot.get("positions")).isEmpty();
        assertThat(snapshot.at("/image/bytes").asLong()).isEqualTo(8192);
        assertThat(snapshot.at("/image/journalMode").asText()).isEqualTo("wal");
    }

    @Test
    void take_scratch_isUsedForTheCopy() throws Exception {
        Outcome missing = Tool.run(sample.onDatabase("take", "--scratch", "no/such"));
        assertThat(missing).returns(2, Outcome::status);
        assertThat(missing.err()).contains("--scratch no/such is not a directory");
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Path left = Files.createDirectory(scratch.resolve("orders.db.harmonylite-scratch-1-2-0123456789abcdef"));
        Files.createFile(left.resolve("copy.db"));
        Tool.run(sample.onDatabase("take", "--scratch", scratch.toString())).succeeded();
        assertThat(left).as("a scratch directory that a killed take left there").doesNotExist();
    }

    @Test
    void take_localeWithoutTheCharactersOfThePath_failsAndNamesTheRemedy() throws Exception {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "the names cannot be passed on");
        Path odd = Files.createDirectory(directory.resolve("d\u00e4ta"));
        Files.move(sample.database(), odd.resolve("orders.db"));
        Path plain = Files.copy(odd.resolve("orders.db"), directory.resolve("plain.db"));
        for (String database : new String[] {odd.resolve("orders.db").toString(), "orders.db"}) {
            assertThat(takeInPosixLocale(odd, "-Xmx256m", database)).contains("LC_ALL=C.UTF-8");
        }
        assertThat(sample.store()).doesNotExist();
        assertThat(takeInPosixLocale(directory, "-Djava.io.tmpdir=" + odd, plain.toString()))
                .contains("LC_ALL=C.UTF-8");
    }

    /** Runs a take with status 2 in a process of its own, and returns its message. */
    private String takeInPosixLocale(Path currentDirectory, String option, String database) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        SnapshotTool.class.getName(),
                        "take",
                        "--json",
                        "--name",
                        "x",
                        "--store",
                        sample.storeUri(),
                        "--database",
                        database)
                .directory(currentDirectory.toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("LC_ALL", "POSIX");
        Process process = builder.start();
        JsonNode error = Tool.json(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(process.waitFor()).isEqualTo(2);
        return error.at("/error/message").asText();
    }

    @Test
    void take_positions_areInTheSnapshot() {
        JsonNode positions = Tool.run(sample.onDatabase(
                        "take", "--json", "--position", "changes-1=42", "--position=odd=name=9223372036854775807"))
                .json()
                .at("/snapshot/positions");
        assertThat(positions).hasSize(2);
        assertThat(positions.at("/changes-1/sequence").asLong()).isEqualTo(42);
        assertThat(positions.at("/odd=name/sequence").asLong()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void take_sequenceMap_isReadAndUnchanged() throws Exception {
        Path map = directory.resolve("seq-map.cbor");
        byte[] bytes = HexFormat.of().parseHex("a165622d632d3107");
        Files.write(map, bytes);
        JsonNode positions = Tool.run(sample.onDatabase("take", "--json", "--sequence-map", map.toString()))
                .json()
                .at("/snapshot/positions");
        assertThat(positions).isEqualTo(Tool.json("{\"b-c-1\": {\"sequence\": 7}}"));
        assertThat(map).hasBinaryContent(bytes);
        assertThat(directory.resolve("seq-map.cbor.lock")).doesNotExist();
    }

    @Test
    void take_sequenceMapMissingOrWithPositions_createsNoStore() {
        String map = directory.resolve("none").toString();
        Outcome missing = Tool.run(sample.onDatabase("take", "--sequence-map", map));
        assertThat(missing.status()).isEqualTo(3);
        assertThat(missing.err()).contains(map, "the sequence map does not exist");
        Outcome both = Tool.run(sample.onDatabase("take", "--sequence-map", map, "--position", "a=1"));
        assertThat(both.status()).isEqualTo(2);
        assertThat(both.err()).contains("--sequence-map and --position both");
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void take_positionsInTablesOfTheDatabase_areRead() throws Exception {
        try (Connection connection = sample.open()) {
            connection.setAutoCommit(false);
            TableSequenceMap.create().in(connection).applied("changes", StreamPosition.at(1));
            connection.commit();
        }
        JsonNode positions =
                Tool.run(sample.onDatabase("take", "--json")).json().at("/snapshot/positions");
        assertThat(positions).isEqualTo(Tool.json("{\"changes\": {\"sequence\": 1}}"));
        Outcome rejected = Tool.run(sample.onDatabase("take", "--position", "changes=1"));
        assertThat(rejected.status()).isEqualTo(2);
        assertThat(rejected.err()).contains("positions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"when-worthwhile", "always", "never"})
    void take_compact_followsTheOption(String when) throws Exception {
        sample.sql("CREATE TABLE blobs (b)", "INSERT INTO blobs VALUES (zeroblob(1000000))", "DELETE FROM blobs");
        long pages = Tool.run(sample.onDatabase("take", "--json", "--compact", when))
                .json()
                .at("/snapshot/image/pageCount")
                .asLong();
        assertThat(pages > 200).isEqualTo(when.equals("never"));
    }

    /** At one byte per second a take needs weeks. The rate limiter holds it up until an interrupt. */
    @Timeout(120)
    @ParameterizedTest
    @ValueSource(strings = {"--capture-rate", "--upload-rate"})
    void take_rateLimited_waitsForTheRate(String rate) throws Exception {
        sample.sql("CREATE TABLE blobs (b)", "INSERT INTO blobs VALUES (randomblob(3000000))");
        AtomicBoolean over = new AtomicBoolean();
        Thread taker = Thread.currentThread();
        Thread interrupter = new Thread(() -> interruptWhenWaiting(taker, over));
        interrupter.start();
        Outcome outcome;
        try {
            outcome = Tool.run(sample.onDatabase("take", rate, "1"));
        } finally {
            over.set(true);
            interrupter.join();
            Thread.interrupted();
        }
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.err()).contains("interrupted");
        assertThat(Tool.run(sample.command("list")).out()).startsWith("No snapshots");
    }

    private static void interruptWhenWaiting(Thread taker, AtomicBoolean over) {
        while (!over.get()) {
            if (isAnyWaiting()) {
                taker.interrupt();
                return;
            }
            Thread.onSpinWait();
        }
    }

    private static boolean isAnyWaiting() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getClassName().endsWith(".Throttle"));
    }

    @Test
    void take_ratesAndLimit_areAccepted() {
        String[] take = sample.onDatabase(
                "take", "--capture-rate", "1GiB", "--upload-rate", "512MiB", "--wal-limit", "1000000");
        assertThat(Tool.run(take).succeeded().out()).startsWith("Took ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "fast", "1TiB", "9999999999GiB", "9999999999999999999", ""})
    void take_wrongRate_isRejectedAndCreatesNoStore(String rate) {
        Outcome outcome = Tool.run(sample.onDatabase("take", "--upload-rate=" + rate));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--upload-rate", "not a number of bytes");
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void take_pendingChanges_isRejectedUnlessTheyAreRecorded() throws Exception {
        sample.order("pending");
        Outcome refused = Tool.run(sample.onDatabase("take", "--publish-timeout", "0s"));
        assertThat(refused.status()).isEqualTo(6);
        assertThat(refused.err()).contains("pending changes: 1");
        String[] recorded = sample.onDatabase("take", "--publish-timeout", "0s", "--record-pending");
        assertThat(Tool.run(recorded).out()).contains("pending    1 change not published yet");
        JsonNode snapshot = Tool.run(sample.command("list", "--json")).json().at("/snapshots/0");
        assertThat(snapshot.get("pendingChanges").asLong()).isEqualTo(1);
    }

    @Test
    void take_noPendingChanges_isTaken() throws Exception {
        sample.order("published");
        sample.sql("UPDATE __harmonylite__orders_change_log SET state = 1");
        JsonNode document = Tool.run(sample.onDatabase("take", "--json")).json();
        assertThat(document.at("/snapshot/pendingChanges").isMissingNode()).isTrue();
    }

    @Test
    void take_wrongTimeout_createsNoStore() {
        Outcome outcome = Tool.run(sample.onDatabase("take", "--publish-timeout=PT-1S"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--publish-timeout");
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void take_wrongInput_createsNoStore() {
        assertThat(Tool.run(sample.onDatabase("take", "--node", "a-b")).status())
                .isEqualTo(2);
        assertThat(Tool.run(sample.onDatabase("take", "--position", "a=1", "--position", "a=2"))
                        .err())
                .contains("'a' has two positions");
        assertThat(sample.store()).doesNotExist();
    }

    @Test
    void take_missingDatabase_createsNeitherItNorAStore() throws Exception {
        sample.lose();
        assertThat(Tool.run(sample.onDatabase("take")).status()).isEqualTo(3);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void take_onATerminal_showsProgressOnStderrAndClearsTheLine() {
        Outcome outcome = Tool.run(true, sample.onDatabase("take", "--json"));
        assertThat(Tool.json(outcome.out()).has("snapshot")).isTrue();
        assertThat(outcome.err()).contains("storing pages ... 100 % of 8.0 KiB").endsWith("\r\u001b[K");
    }
}

package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests signals to processes of the tool. */
@DisabledOnOs(OS.WINDOWS)
class SignalTest {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(Files.createDirectory(directory.resolve("data")));
        sample.sql("INSERT INTO orders (what) SELECT hex(randomblob(1000000))"
                + " FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8))");
    }

    private static List<String> files(Path under) {
        try (Stream<Path> all = Files.walk(under)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> under.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns SIGINT, or SIGTERM if a shell has started this build in the background, where children ignore SIGINT. */
    private static String interrupt() throws Exception {
        Path status = Path.of("/proc/self/status");
        boolean isIgnored = Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
        return isIgnored ? "TERM" : "INT";
    }

    /** The rate is so low that the take cannot end before the signal. */
    private ToolProcess.Running slowTake(String... options) throws Exception {
        ToolProcess.Running take = ToolProcess.in(directory)
                .start(sample.onDatabase("take", Tool.with(options, "--upload-rate", "10KiB")));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(take.process().isAlive()).isTrue();
            return Files.isDirectory(sample.store())
                    && files(sample.store()).stream().anyMatch(file -> !file.endsWith("lock"));
        });
        return take;
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void take_signal_removesScratchFilesAndPacks(String signal) throws Exception {
        List<String> before = files(sample.directory());
        ToolProcess.Running take = slowTake();
        take.signal(signal);
        Outcome outcome = take.outcome();
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(130);
        assertThat(outcome.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("stopping", "a second signal stops at once"),
                        line -> assertThat(line).contains("nothing was changed", "unfinished packs are removed"));
        assertThat(files(sample.directory())).isEqualTo(before);
        assertThat(Tool.run(sample.command("list")).succeeded().out()).startsWith("No snapshots");
    }

    @Test
    void take_signalWithJson_hasADocument() throws Exception {
        ToolProcess.Running take = slowTake("--json");
        take.signal(interrupt());
        Outcome outcome = take.outcome();
        assertThat(outcome.status()).isEqualTo(130);
        assertThat(Tool.json(outcome.out()).at("/error/kind").asText()).isEqualTo("interrupted");
    }

    @Test
    void list_signalWhileTheServerCannotBeReached_ends() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ToolProcess.Running list = ToolProcess.in(directory)
                    .start("list", "--name", "x", "--store", "nats://127.0.0.1:" + silent.getLocalPort() + "/x");
            silent.accept().close();
            list.signal(interrupt());
            assertThat(list.outcome().status()).isEqualTo(130);
        }
    }

    /** Without handlers, a signal ends the process as any other one, and the next run removes the files. */
    @Test
    void list_signalsReservedByJava_runs() throws Exception {
        sample.take();
        assertThat(ToolProcess.in(directory)
                        .java("-Xrs")
                        .run(sample.command("list"))
                        .succeeded()
                        .out())
                .contains("POSITIONS");
    }

    @Test
    void restore_damagedSnapshot_isPrintedOnce() throws Exception {
        sample.take();
        sample.damage("packs");
        String fresh = directory.resolve("fresh.db").toString();
        Outcome outcome = ToolProcess.in(directory).run(sample.command("restore", "--database", fresh));
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.err().lines()).singleElement().asString().contains("is damaged");
    }

    @Test
    void watch_failure_isPrintedOnce() throws Exception {
        Path junk = Files.writeString(directory.resolve("junk.db"), "no database".repeat(100));
        ToolProcess.Running watch = ToolProcess.in(directory)
                .start(sample.command("watch", "--database", junk.toString(), "--every", "1h"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(watch.err()).contains("take failed"));
        watch.signal(interrupt());
        Outcome outcome = watch.outcome();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("watches " + junk),
                        line -> assertThat(line).contains("take failed: " + junk + " is damaged"));
        assertThat(outcome.out()).contains("0 snapshots taken, 1 failure");
    }
}

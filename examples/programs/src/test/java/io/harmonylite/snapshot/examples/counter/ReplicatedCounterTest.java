package io.harmonylite.snapshot.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatedCounterTest {

    @TempDir
    Path directory;

    @Test
    void run_twoNodesKilledAndOneLate_allHaveTheTotal() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new ReplicatedCounter(directory, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "file map: killed in the middle of message 7",
                        "every message up to 6 is applied; the host replays 7 to 20",
                        "total 210, after 21 applications",
                        "table map: killed in the middle of message 7",
                        "total 210, after 20 applications",
                        "snapshot taken at {counter=20}",
                        "new node: the stream retains 16 to 25",
                        "recovered: RESTORE, continues from {counter=20}",
                        "total 325, after 25 applications");
    }
}

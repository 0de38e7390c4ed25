package io.harmonylite.snapshot.examples.late;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NatsExtension.class)
class LateJoinerIT {

    @TempDir
    Path directory;

    @Test
    void run_threeNodes_allEndEqual(NatsServer server) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LateJoiner.run(server.url(), directory, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        String printed = bytes.toString(StandardCharsets.UTF_8);
        assertThat(printed.lines()
                        .filter(line -> line.contains("240 changes, digest"))
                        .map(line -> line.replaceFirst(".*digest", "")))
                .hasSize(3)
                .containsOnly(printed.strip().replaceFirst("(?s).*digest", ""));
        assertThat(printed.lines().filter(line -> line.contains("recovers: RESTORE")))
                .hasSize(2);
    }
}

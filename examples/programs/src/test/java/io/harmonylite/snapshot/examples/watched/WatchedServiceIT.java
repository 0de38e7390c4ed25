package io.harmonylite.snapshot.examples.watched;

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
class WatchedServiceIT {

    @TempDir
    Path directory;

    @Test
    void run_loopOn_takesSnapshotsAndANewNodeMissesNothing(NatsServer server) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        WatchedService.run(server.url(), directory, 150, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        String all = "has 300 orders, berlin-000001 to elsewhere-000150";
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("berlin " + all, "tokyo recovers: RESTORE", "tokyo " + all)
                .containsPattern(
                        "harmonylite\\.snapshot\\.operation exception=none .*operation=take .*=done [1-9]\\d* times")
                .containsPattern("harmonylite\\.snapshot\\.health .*state=\\w+ 1\\.00");
    }
}

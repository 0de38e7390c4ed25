package io.harmonylite.snapshot.examples.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.nats.client.Connection;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests the host with a plain main. */
@ExtendWith(NatsExtension.class)
class PlainHostIT {

    private final NatsServer server;
    private final Wire wire;

    @TempDir
    Path directory;

    PlainHostIT(NatsServer server, Connection connection) throws Exception {
        this.server = server;
        this.wire = Wire.create(connection);
    }

    @AfterEach
    void deleteStream() throws Exception {
        wire.close();
    }

    @Test
    void run_newNode_restoresTheLastSnapshotOfTheFirst() throws Exception {
        wire.publish(5);
        runUntilApplied("first.db", 5);
        wire.publish(8);
        runUntilApplied("second.db", 13);
        assertThat(takenAt()).contains(5L).endsWith(13L);
    }

    @Test
    void main_terminated_takesALastSnapshotAndCloses() throws Exception {
        wire.publish(5);
        Process host = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlainHost.class.getName(),
                        server.url(),
                        wire.stream(),
                        directory.resolve("orders.db").toString(),
                        backups().toString()))
                .redirectError(Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).startsWith("serving");
            Wire.awaitOrders(directory.resolve("orders.db"), 5);
            host.destroy();
            assertThat(host.waitFor()).isEqualTo(143);
        } finally {
            host.destroyForcibly().waitFor();
        }
        assertThat(takenAt()).endsWith(5L);
    }

    private void runUntilApplied(String database, long orders) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> host = thread.submit(() -> {
                PlainHost.run(server.url(), wire.stream(), directory.resolve(database), backups(), end);
                return null;
            });
            Wire.awaitOrders(directory.resolve(database), orders);
            end.countDown();
            host.get();
        } finally {
            thread.shutdownNow();
        }
    }

    private Path backups() {
        return directory.resolve("backups");
    }

    /** Returns the position of the stream in each snapshot, oldest first. */
    private List<Long> takenAt() throws Exception {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(backups())) {
            return SnapshotRepository.of("orders", store).list().snapshots().stream()
                    .map(taken ->
                            taken.positions().of(wire.stream()).orElseThrow().sequence())
                    .toList();
        }
    }
}

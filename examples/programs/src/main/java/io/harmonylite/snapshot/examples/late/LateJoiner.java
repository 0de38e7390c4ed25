package io.harmonylite.snapshot.examples.late;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.nats.NatsSnapshotStore;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Three nodes share a stream that retains only the newest 50 messages. One joins after most messages are gone, and one
 * is stopped for too long. Both restore a snapshot of the first node from a bucket and continue from it; all three end
 * equal.
 *
 * <p>Arguments: URL of a NATS server with JetStream, such as {@code nats://localhost:4222}, and an empty directory.
 */
public final class LateJoiner {

    private static final int WINDOW = 50;

    private final Connection connection;
    private final Path directory;
    private final PrintStream out;
    private final String stream = "late-joiner-" + NUID.nextGlobal();
    private int published;

    private LateJoiner(Connection connection, Path directory, PrintStream out) {
        this.connection = connection;
        this.directory = directory;
        this.out = out;
    }

    /** Runs the example. */
    public static void main(String[] arguments) throws Exception {
        run(arguments[0], Path.of(arguments[1]), System.out);
    }

    /** Runs against a server, in an empty directory. Prints each step to {@code out}. */
    static void run(String server, Path directory, PrintStream out) throws Exception {
        Options options = Options.builder()
                .server(server)
                .errorListener(new ErrorListener() {})
                .build();
        try (Connection connection = Nats.connect(options)) {
            new LateJoiner(connection, directory, out).run();
        }
    }

    private void run() throws Exception {
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(WINDOW)
                        .build());
        try (NatsSnapshotStore store = NatsSnapshotStore.create(connection, stream);
                Node berlin = node("berlin", store);
                Node tokyo = node("tokyo", store);
                Node lima = node("lima", store)) {
            start(berlin);
            start(tokyo);
            publish(100, berlin, tokyo);

            say("tokyo stops; %d more changes follow, and the stream retains only the newest %d", 100, WINDOW);
            tokyo.stop();
            publish(100, berlin);
            SnapshotInfo snapshot = berlin.take();
            say("berlin took snapshot %s at positions %s", snapshot.id(), snapshot.positions());
            publish(20, berlin);

            say("lima joins: its database is empty, and messages 1 to %d are gone", published - WINDOW);
            start(lima);
            say("tokyo starts again: it needs message %d, which is gone", 101);
            start(tokyo);
            publish(20, berlin, tokyo, lima);

            for (Node node : new Node[] {berlin, tokyo, lima}) {
                say("%s has %d changes, digest %s", node.name(), node.count(), node.digest());
            }
        } finally {
            removeAll();
        }
    }

    private Node node(String name, NatsSnapshotStore store) throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return new Node(name, own, NatsStreams.of(connection, stream), store);
    }

    /** Starts a node as every host does: recover, then feed. */
    private void start(Node node) throws Exception {
        RecoveryReport report = node.start();
        say(
                "%s recovers: %s: %s",
                node.name(), report.plan().outcome(), report.plan().reason());
        node.await(published);
        say("%s is at message %d", node.name(), published);
    }

    /**
     * Publishes changes no faster than the nodes apply them. Otherwise messages are dropped first, and the feed ends
     * with a gap.
     */
    private void publish(int count, Node... appliers) throws Exception {
        for (int i = 0; i < count; i++) {
            String change = String.format(Locale.ROOT, "change %d", ++published);
            connection.jetStream().publish(stream, change.getBytes(StandardCharsets.UTF_8));
            if (published % (WINDOW / 2) == 0) {
                awaitAll(appliers);
            }
        }
        awaitAll(appliers);
    }

    private void awaitAll(Node... appliers) throws Exception {
        for (Node node : appliers) {
            node.await(published);
        }
    }

    private void removeAll() throws IOException, JetStreamApiException {
        connection.jetStreamManagement().deleteStream(stream);
        connection.objectStoreManagement().delete(stream);
        connection.objectStoreManagement().delete(stream + "-packs");
    }

    private void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
    }
}

package io.harmonylite.snapshot.examples.watched;

import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
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
 * A service that takes its snapshots in the background. It applies the orders of other nodes from a stream that retains
 * only the newest 200, publishes its own orders, and prints metrics. Closing takes a last snapshot. Then a new node
 * starts from the store and the stream alone, and misses no order.
 *
 * <p>Arguments: URL of a NATS server with JetStream, such as {@code nats://localhost:4222}; an empty directory; and the
 * number of orders of this node, with as many of others; 500 by default.
 */
public final class WatchedService {

    private static final int WINDOW = 200;
    private static final int BATCH = 25;

    private final Connection nats;
    private final Path directory;
    private final PrintStream out;
    private final String stream = "watched-" + NUID.nextGlobal();

    private WatchedService(Connection nats, Path directory, PrintStream out) {
        this.nats = nats;
        this.directory = directory;
        this.out = out;
    }

    /** Runs the example. */
    public static void main(String[] arguments) throws Exception {
        int orders = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 500;
        run(arguments[0], Path.of(arguments[1]), orders, System.out);
    }

    /** Runs against a server, in an empty directory. Prints each step to {@code out}. */
    static void run(String server, Path directory, int orders, PrintStream out) throws Exception {
        Options options = Options.builder()
                .server(server)
                .errorListener(new ErrorListener() {})
                .build();
        try (Connection connection = Nats.connect(options)) {
            new WatchedService(connection, directory, out).run(orders);
        }
    }

    private void run(int orders) throws Exception {
        nats.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(WINDOW)
                        .build());
        try (SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("backups"))) {
            serve(store, orders);
            join(store, 2L * orders);
        } finally {
            removeStream();
        }
    }

    private void serve(SnapshotStore store, int orders) throws Exception {
        try (WatchedNode berlin = node("berlin", store)) {
            start(berlin, "berlin");
            for (int i = 1; i <= orders; i++) {
                berlin.place(id("berlin", i));
                nats.jetStream().publish(stream, id("elsewhere", i).getBytes(StandardCharsets.UTF_8));
                if (i % BATCH == 0) {
                    berlin.awaitOrders(2L * i); // Otherwise messages are dropped before they are applied.
                }
            }
            berlin.awaitOrders(2L * orders);
            berlin.awaitTake();
            berlin.metricLines().forEach(out::println);
            say("berlin has %s", berlin.orders().summary());
        }
    }

    private void join(SnapshotStore store, long orders) throws Exception {
        try (WatchedNode tokyo = node("tokyo", store)) {
            start(tokyo, "tokyo");
            tokyo.awaitOrders(orders);
            say("tokyo has %s", tokyo.orders().summary());
        }
    }

    private WatchedNode node(String name, SnapshotStore store) throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return new WatchedNode(name, own.resolve("orders.db"), nats, stream, store);
    }

    private void start(WatchedNode node, String name) throws Exception {
        RecoveryReport report = node.start();
        say("%s recovers: %s: %s", name, report.plan().outcome(), report.plan().reason());
    }

    private static String id(String where, int number) {
        return String.format(Locale.ROOT, "%s-%06d", where, number);
    }

    private void removeStream() throws IOException, JetStreamApiException {
        nats.jetStreamManagement().deleteStream(stream);
    }

    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}

package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.nats.NatsSnapshotStore;
import io.harmonylite.snapshot.store.ObjectSource;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.ObjectStore;
import io.nats.client.ObjectStoreOptions;
import io.nats.client.Options;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamConfiguration;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * The figures of {@code docs/nats.md}: one object of 256 MiB put and got through the library's store, through jnats's own
 * object store, and as plain publishes through a window, in turn. Arguments: URL of a server with JetStream and 2 GiB of
 * room, the number of replicas, and by how many milliseconds each way to the server is made longer. Prints a Markdown table
 * of medians.
 */
public final class NatsStoreFigures {

    private static final int SIZE = 256 << 20;
    private static final int CHUNK = 128 << 10;
    private static final int WINDOW = 16;
    private static final int ROUNDS = 5;

    private final Connection connection;
    private final byte[] bytes = new byte[SIZE];
    private final String bucket = "figures-" + NUID.nextGlobal();

    private NatsStoreFigures(Connection connection) {
        this.connection = connection;
        new Random(7).nextBytes(bytes);
    }

    /** Measures and prints. */
    public static void main(String[] arguments) throws Exception {
        URI server = URI.create(arguments[0]);
        int replicas = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        int millis = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
        try (SlowLink link = new SlowLink(server.getHost(), server.getPort(), Duration.ofMillis(millis));
                Connection connection =
                        Nats.connect(options(millis == 0 ? arguments[0] : "nats://127.0.0.1:" + link.port()))) {
            new NatsStoreFigures(connection).run(replicas);
        }
    }

    private static Options options(String server) {
        return Options.builder()
                .server(server)
                .ignoreDiscoveredServers()
                .errorListener(new ErrorListener() {})
                .build();
    }

    private void run(int replicas) throws Exception {
        JetStreamOptions patient =
                JetStreamOptions.builder().requestTimeout(Duration.ofMinutes(1)).build();
        connection
                .objectStoreManagement()
                .create(ObjectStoreConfiguration.builder(bucket + "-jnats")
                        .replicas(replicas)
                        .build());
        ObjectStore jnats = connection.objectStore(
                bucket + "-jnats",
                ObjectStoreOptions.builder().jetStreamOptions(patient).build());
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(bucket + "-plain")
                        .subjects(bucket)
                        .replicas(replicas)
                        .build());
        JetStream plain = connection.jetStream(patient);
        double[][] seconds = new double[5][ROUNDS];
        try (NatsSnapshotStore own = NatsSnapshotStore.builder(connection, bucket)
                .replicas(replicas)
                .jetStreamOptions(patient)
                .create()) {
            for (int round = -1; round < ROUNDS; round++) {
                measure(own, jnats, plain, round < 0 ? new double[5][ROUNDS] : seconds, Math.max(round, 0));
            }
            print(seconds);
        } finally {
            for (String suffix : new String[] {"", "-packs", "-jnats"}) {
                connection.objectStoreManagement().delete(bucket + suffix);
            }
            connection.jetStreamManagement().deleteStream(bucket + "-plain");
        }
    }

    private void measure(NatsSnapshotStore own, ObjectStore jnats, JetStream plain, double[][] seconds, int round)
            throws Exception {
        seconds[0][round] = timed(() -> own.putIfAbsent("n/packs/p", ObjectSource.of(bytes)));
        seconds[1][round] = timed(() -> jnats.put("p", new ByteArrayInputStream(bytes)));
        seconds[2][round] = timed(() -> publish(plain));
        seconds[3][round] = timed(() -> read(own));
        seconds[4][round] = timed(() -> jnats.get("p", OutputStream.nullOutputStream()));
        own.delete("n/packs/p");
        jnats.delete("p");
        connection.jetStreamManagement().purgeStream(bucket + "-plain");
    }

    private void publish(JetStream stream) {
        Deque<CompletableFuture<PublishAck>> underway = new ArrayDeque<>();
        for (int at = 0; at < SIZE; at += CHUNK) {
            if (underway.size() == WINDOW) {
                underway.remove().join();
            }
            underway.add(stream.publishAsync(bucket, Arrays.copyOfRange(bytes, at, at + CHUNK)));
        }
        underway.forEach(CompletableFuture::join);
    }

    private static void read(NatsSnapshotStore own) throws Exception {
        try (InputStream in = own.open("n/packs/p")) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void print(double[][] seconds) {
        String[] names = {
            "put, this library",
            "put, jnats `ObjectStore`",
            "plain publishes of 128 KiB, window 16",
            "get, this library",
            "get, jnats `ObjectStore`"
        };
        System.out.println("| 256 MiB | median MB/s | best | worst |\n|---|---|---|---|");
        for (int i = 0; i < names.length; i++) {
            double[] sorted = seconds[i].clone();
            Arrays.sort(sorted);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.0f |%n",
                    names[i],
                    rate(sorted[ROUNDS / 2]),
                    rate(sorted[0]),
                    rate(sorted[ROUNDS - 1]));
        }
    }

    private static double rate(double seconds) {
        return SIZE / 1e6 / seconds;
    }

    private static double timed(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private interface Work {
        void run() throws Exception;
    }
}

package io.harmonylite.snapshot.nats.testing;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ClusterInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A cluster of three servers, each a child process. Streams of three replicas can be created when {@link #start}
 * returns. Closing stops the servers. Not thread-safe.
 */
public final class NatsCluster implements AutoCloseable {

    private static final int SIZE = 3;
    private static final int ATTEMPTS = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final List<NatsServer> servers;

    private NatsCluster(List<NatsServer> servers) {
        this.servers = servers;
    }

    /**
     * Starts three servers.
     *
     * @param directory directory for all files of the servers
     * @param configuration lines added to the configuration file of each server
     */
    public static NatsCluster start(Path directory, String... configuration) throws IOException, InterruptedException {
        IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return attempt(directory.resolve("cluster-" + attempt), List.of(configuration));
            } catch (IOException e) {
                last = e; // Another process may have taken one of the free ports.
            }
        }
        throw last;
    }

    private static NatsCluster attempt(Path directory, List<String> configuration)
            throws IOException, InterruptedException {
        List<Integer> ports = freePorts();
        String routes = ports.stream()
                .map(port -> "\"nats://127.0.0.1:" + port + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
        NatsCluster cluster = new NatsCluster(new ArrayList<>());
        try {
            for (int i = 0; i < SIZE; i++) {
                List<String> lines = new ArrayList<>(configuration);
                lines.add(
                        "cluster { name: tests, listen: \"127.0.0.1:" + ports.get(i) + "\", routes: " + routes + " }");
                cluster.servers.add(NatsServer.start(directory.resolve("n" + i), "n" + i, lines));
            }
            cluster.awaitReady();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Returns the three servers. */
    public List<NatsServer> servers() {
        return List.copyOf(servers);
    }

    /** Returns the current leader of a stream; waits until there is one. */
    public NatsServer leaderOf(String stream) throws IOException, InterruptedException {
        try (Connection connection = connect()) {
            return Waiting.until(TIMEOUT, "no leader of " + stream, () -> leader(connection, stream));
        }
    }

    /** Connects to the cluster; the caller closes the connection. */
    public Connection connect() throws IOException, InterruptedException {
        return Nats.connect(options().build());
    }

    /** Returns the options of {@link #connect}, for changes. */
    public Options.Builder options() {
        return NatsServer.options(servers.stream().map(NatsServer::url).toArray(String[]::new));
    }

    @Override
    public void close() {
        servers.forEach(NatsServer::close);
    }

    private NatsServer leader(Connection connection, String stream) throws IOException {
        try {
            ClusterInfo info =
                    connection.jetStreamManagement().getStreamInfo(stream).getClusterInfo();
            String leader = info == null ? "" : String.valueOf(info.getLeader());
            return servers.stream()
                    .filter(server -> server.isRunning() && server.name().equals(leader))
                    .findFirst()
                    .orElse(null);
        } catch (JetStreamApiException e) {
            return null; // A leader is being elected.
        } catch (IOException e) {
            return null; // No answer yet.
        }
    }

    /** Waits until a stream of three replicas can be created. */
    private void awaitReady() throws IOException, InterruptedException {
        try (Connection connection = connect()) {
            Waiting.until(TIMEOUT, "the cluster is not ready", () -> tryStream(connection));
        }
    }

    private static Boolean tryStream(Connection connection) {
        try {
            connection
                    .jetStreamManagement()
                    .addStream(io.nats.client.api.StreamConfiguration.builder()
                            .name("ready")
                            .subjects("ready")
                            .replicas(SIZE)
                            .build());
            return connection.jetStreamManagement().deleteStream("ready") ? true : null;
        } catch (IOException | JetStreamApiException e) {
            return null; // The cluster is not ready yet.
        }
    }

    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < SIZE; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Repeats a question until it is answered. */
    private static final class Waiting {

        private static final int PAUSE_MILLIS = 50;

        private Waiting() {}

        static <T> T until(Duration timeout, String failure, Question<T> question)
                throws IOException, InterruptedException {
            long end = System.nanoTime() + timeout.toNanos();
            CountDownLatch never = new CountDownLatch(1);
            while (true) {
                T answer = question.ask();
                if (answer != null) {
                    return answer;
                }
                if (System.nanoTime() > end || never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException(failure);
                }
            }
        }
    }

    private interface Question<T> {
        T ask() throws IOException;
    }
}

package io.harmonylite.snapshot.nats.testing;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code nats-server} with JetStream, run as a child process on a free loopback port. It can be killed, stopped and
 * started again with the same port and storage. It ends with {@link #close} and with this JVM.
 *
 * <p>Not thread-safe.
 */
public final class NatsServer implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("\"nats\":\\s*\\[\\s*\"(?:nats|tls)://[^\"]*?:(\\d+)\"");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final ErrorListener SILENT = new ErrorListener() {};

    private final Path directory;
    private final String name;
    private final List<String> configuration;
    private final Thread hook = new Thread(this::kill);
    private int port = -1;
    private Process process;

    private NatsServer(Path directory, String name, List<String> configuration) {
        this.directory = directory;
        this.name = name;
        this.configuration = List.copyOf(configuration);
    }

    /**
     * Starts a server.
     *
     * @param directory directory for all files of the server; created if it is missing
     * @param configuration lines added to the configuration file, for example {@code authorization} or {@code tls}
     */
    public static NatsServer start(Path directory, String... configuration) throws IOException, InterruptedException {
        return start(directory, "alone", List.of(configuration));
    }

    static NatsServer start(Path directory, String name, List<String> configuration)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        NatsServer server = new NatsServer(directory, name, configuration);
        Runtime.getRuntime().addShutdownHook(server.hook);
        try {
            server.start();
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Starts the server again with its port and storage; does nothing if it runs. */
    public void start() throws IOException, InterruptedException {
        if (isRunning()) {
            return;
        }
        Path ports = Files.createDirectories(directory.resolve("ports"));
        process = new ProcessBuilder(
                        NatsServerBinary.find().toString(),
                        "-c",
                        configurationFile().toString(),
                        "--ports_file_dir",
                        ports.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("out").toFile()))
                .start();
        Path file = ports.resolve("nats-server_" + process.pid() + ".ports");
        await(() -> hasPort(file));
    }

    /** Kills the process, as a power cut would end it. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            waitFor(running);
        }
    }

    /** Stops the server in good order. */
    public void stop() {
        process.destroy();
        waitFor(process);
    }

    /** Suspends the process until {@link #resume}: requests stay unanswered and connections stay open. */
    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
        Path state = Path.of("/proc", Long.toString(process.pid()), "stat"); // Of Linux: the signal takes a moment.
        while (isRunning() && Files.exists(state) && !Files.readString(state).matches("(?s).*\\) [Tt] .*")) {
            Thread.sleep(1);
        }
    }

    /** Resumes a suspended process. */
    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Returns whether the process is alive. */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Returns the server's name in a cluster. */
    public String name() {
        return name;
    }

    /** Returns the port, which is the same after every start. */
    public int port() {
        return port;
    }

    /** Returns the URL for clients. */
    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** Returns JetStream's directory. Change it only while the server is stopped. */
    public Path storage() {
        return directory.resolve("storage");
    }

    /** Returns the log file. */
    public Path log() {
        return directory.resolve("log");
    }

    /** Connects, with quick and unlimited reconnects; the caller closes the connection. */
    public Connection connect() throws IOException, InterruptedException {
        return Nats.connect(options().build());
    }

    /** Returns the options of {@link #connect}, for changes. */
    public Options.Builder options() {
        return options(url());
    }

    static Options.Builder options(String... urls) {
        return Options.builder()
                .servers(urls)
                .errorListener(SILENT)
                .connectionListener((connection, event) -> {})
                .reconnectWait(Duration.ofMillis(50))
                .reconnectJitter(Duration.ofMillis(10))
                .maxReconnects(-1)
                .ignoreDiscoveredServers();
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is ending, and the hook runs.
        }
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill " + signal + " ended with " + status);
        }
    }

    private static void waitFor(Process process) {
        try {
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not stop: " + process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path configurationFile() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("server_name: " + name);
        lines.add("listen: \"127.0.0.1:" + port + "\"");
        lines.add("log_file: \"" + log() + "\"");
        lines.add("jetstream { store_dir: \"" + storage() + "\" }");
        lines.addAll(configuration);
        Path fresh = Files.write(directory.resolve("server.conf.new"), lines);
        return Files.move(fresh, directory.resolve("server.conf"), StandardCopyOption.REPLACE_EXISTING);
    }

    private boolean hasPort(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        Matcher matcher = PORT.matcher(Files.readString(file));
        if (!matcher.find()) {
            return false; // The file is being written.
        }
        port = Integer.parseInt(matcher.group(1));
        return accepts();
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false; // Not listening yet; the caller tries again.
        }
    }

    private void await(Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.holds()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("nats-server did not start; " + output());
            }
            Thread.sleep(5);
        }
    }

    private String output() throws IOException {
        String text = "";
        for (Path file : List.of(directory.resolve("out"), log())) {
            text += Files.exists(file) ? file + ":\n" + Files.readString(file) : "";
        }
        return text;
    }

    private interface Condition {
        boolean holds() throws IOException;
    }
}

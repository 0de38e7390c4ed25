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
 * One {@code nats-server} with JetStream, a child process on a loopback port that was free. It may be killed, stopped and
 * started again on the same port with the same storage. Closing stops it; so does the end of this process.
 *
 * <p>Not thread-safe.
 */
public final class NatsServer implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("\"nats\":\\s*\\[\\s*\"(?:nats|tls)://[^\"]*?:(\\d+)\"");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
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
     * @param directory where it keeps everything; made where it is missing
     * @param configuration lines added to its configuration file, {@code authorization}, {@code tls} or others
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

    /** Starts it again, on the port it had and on its storage; does nothing where it runs. */
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

    /** Ends it at once, as a power cut of its process would. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            waitFor(running);
        }
    }

    /** Ends it in good order. */
    public void stop() {
        process.destroy();
        waitFor(process);
    }

    /** Holds it still, so that it answers nobody and its connections stay, until {@link #resume}. */
    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on. */
    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Whether its process is alive. */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Its name in a cluster. */
    public String name() {
        return name;
    }

    /** Its port, the same after every start. */
    public int port() {
        return port;
    }

    /** Where clients connect to. */
    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** Where JetStream keeps its files. To be touched only while the server is stopped. */
    public Path storage() {
        return directory.resolve("storage");
    }

    /** Where its log is. */
    public Path log() {
        return directory.resolve("log");
    }

    /** Connects, with quick and endless reconnects; the caller closes the connection. */
    public Connection connect() throws IOException, InterruptedException {
        return Nats.connect(options().build());
    }

    /** What {@link #connect} uses, to be added to. */
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
            return; // This process is ending, and the hook runs.
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
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not end: " + process);
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
            return false; // It is being written.
        }
        port = Integer.parseInt(matcher.group(1));
        return accepts();
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false; // Not listening yet; asked again.
        }
    }

    private void await(Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
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

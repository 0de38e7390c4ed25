package io.harmonylite.snapshot.nats.testing;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One node of the real HarmonyLite, run as a child process on an existing database: the program that {@code HARMONYLITE}
 * names. Its files are in a directory of its own. It can be killed, stopped and started again, and ends with {@link
 * #close} and with this JVM.
 *
 * <p>The default node publishes and replicates one shard in compressed streams, looks for changes every 200 ms, and
 * takes snapshots into NATS only when told. Not thread-safe.
 */
public final class HarmonyLiteProgram implements AutoCloseable {

    private static final String VARIABLE = "HARMONYLITE";
    private static final String READY = "Published schema state to cluster registry";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path directory;
    private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::kill);
    private Process process;

    /**
     * Describes a node; {@link #start} runs it.
     *
     * @param directory directory for the node's files; must exist
     * @param node id of the node, unique in its cluster
     */
    public HarmonyLiteProgram(Path directory, long node, NatsServer server) {
        this.directory = directory;
        set("", "db_path", quoted(database()));
        set("", "seq_map_path", quoted(sequenceMap()));
        set("", "node_id", Long.toString(node));
        set("", "polling_interval", "200");
        set("snapshot", "enabled", "true");
        set("snapshot", "store", quoted("nats"));
        set("replication_log", "shards", "1");
        set("replication_log", "max_entries", "1024");
        set("replication_log", "compress", "true");
        set("nats", "urls", "[" + quoted(server.url()) + "]");
        set("logging", "verbose", "true");
        set("logging", "format", quoted("json"));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Returns the program; empty if {@code HARMONYLITE} is not set. */
    public static Optional<Path> find() {
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(named -> !named.isEmpty())
                .map(Path::of);
    }

    /** Returns why tests of the real program are skipped. */
    public static String missing() {
        return "HARMONYLITE is not set: build HarmonyLite at commit bbfbaa7, and name the program by this variable";
    }

    /**
     * Sets a value of the configuration, for the next start.
     *
     * @param section name of the section; empty for the keys before all sections
     * @param value in TOML, so texts are quoted
     */
    public HarmonyLiteProgram set(String section, String key, String value) {
        settings.computeIfAbsent(section, name -> new LinkedHashMap<>()).put(key, value);
        return this;
    }

    /** Starts the node and waits until it has published the state of its schema, after which it captures changes. */
    public void start() throws IOException, InterruptedException {
        long before = Files.exists(log()) ? Files.size(log()) : 0;
        launch();
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!Files.readString(log()).substring((int) before).contains(READY)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("HarmonyLite did not start: " + Files.readString(log()));
            }
            Thread.sleep(20);
        }
    }

    /** Runs the program with flags until it ends, for example {@code -cleanup}, and returns its status. */
    public int run(String... flags) throws IOException, InterruptedException {
        launch(flags);
        awaitEnd();
        return process.exitValue();
    }

    private void launch(String... flags) throws IOException {
        if (isRunning()) {
            throw new IllegalStateException("the node runs");
        }
        List<String> command = new ArrayList<>();
        command.add(find().orElseThrow(() -> new IOException(missing())).toString());
        command.add("-config");
        command.add(configuration().toString());
        command.addAll(List.of(flags));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment()
                .put("TMPDIR", Files.createDirectories(directory.resolve("tmp")).toString());
        process = builder.start();
    }

    /** Asks the node to end and waits for it. */
    public void stop() {
        if (process != null) {
            process.destroy();
            awaitEnd();
        }
    }

    /** Kills the node, as a power cut would end it. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly();
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("HarmonyLite does not end: " + process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the process is alive. */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Returns the database, which must exist when the node starts. */
    public Path database() {
        return directory.resolve("data.db");
    }

    /** Returns the node's sequence map. */
    public Path sequenceMap() {
        return directory.resolve("seq-map.cbor");
    }

    /** Returns the log file: JSON, one object a line, of all runs. */
    public Path log() {
        return directory.resolve("log");
    }

    /** Reads the positions as the program does: the first item of the file. Empty while it rewrites the file. */
    public Map<String, Long> positions() {
        Map<String, Long> reached = new TreeMap<>();
        try (CBORParser map = new CBORFactory().createParser(sequenceMap().toFile())) {
            if (map.nextToken() == JsonToken.START_OBJECT) {
                for (String stream = map.nextFieldName(); stream != null; stream = map.nextFieldName()) {
                    map.nextToken();
                    reached.put(stream, map.getLongValue());
                }
            }
            reached.values().removeIf(sequence -> sequence == 0);
            return reached;
        } catch (IOException e) {
            return Map.of(); // It is being rewritten in place.
        }
    }

    /** Kills the node if it runs. */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is ending, and the hook runs.
        }
    }

    @Override
    public String toString() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path configuration() throws IOException {
        List<String> lines = new ArrayList<>();
        settings.forEach((section, values) -> {
            if (!section.isEmpty()) {
                lines.add("[" + section + "]");
            }
            values.forEach((key, value) -> lines.add(key + " = " + value));
        });
        return Files.write(directory.resolve("config.toml"), lines);
    }

    private static String quoted(Object text) {
        return '"' + text.toString() + '"';
    }
}

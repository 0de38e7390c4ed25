package io.harmonylite.snapshot.benchmarks.harness;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.ObjectStoreConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the tool beside restic and Litestream: whole processes, on the same database and the same servers. */
@Command(
        name = "benchmarks/run-tools",
        mixinStandardHelpOptions = true,
        description = "Measures takes and restores of the tool, and of restic and Litestream if the PATH has them.")
final class ToolFigures implements Callable<Integer> {

    private static final String PEAK_RSS = "VmHWM:";
    private static final double MEBIBYTE = 1 << 20;

    @Option(
            names = "--mebibytes",
            defaultValue = "450",
            description = "Size of the database. Default: ${DEFAULT-VALUE}.")
    private int mebibytes;

    @Option(names = "--runs", defaultValue = "3", description = "Runs of each command. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--directory",
            defaultValue = "benchmarks/target/tools",
            description = "Where databases, stores and restored files go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("");

    @Option(
            names = "--tool",
            defaultValue = "examples/tool/snapshot-tool",
            description = "The tool's launcher. Default: ${DEFAULT-VALUE}.")
    private Path tool = Path.of("");

    private ToolFigures() {}

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ToolFigures()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = directory.toAbsolutePath();
        Workspace.deleteAll(root);
        Workspace workspace = new Workspace(Files.createDirectories(root));
        SampleDatabase.create(workspace.database(), mebibytes);
        Deque<AutoCloseable> servers = new ArrayDeque<>();
        try {
            for (RemoteStore store : RemoteStore.values()) {
                servers.push(store.start(
                        Files.createDirectories(root.resolve("servers").resolve(store.name()))));
            }
            System.out.println("| command | seconds: median (min–max) | peak RSS, MiB |");
            System.out.println("|---|---|---|");
            for (Peer peer : peers(workspace)) {
                measure(peer, workspace);
            }
        } finally {
            for (AutoCloseable server : servers) {
                server.close();
            }
            Workspace.deleteAll(root);
        }
        return 0;
    }

    private List<Peer> peers(Workspace workspace) {
        List<Peer> peers = new ArrayList<>();
        peers.add(new OwnTool(tool.toAbsolutePath(), "a directory", "file:" + workspace.store()));
        peers.add(new OwnTool(tool.toAbsolutePath(), "NATS", RemoteStore.NATS.address() + "/tool"));
        peers.add(new OwnTool(tool.toAbsolutePath(), "S3", "s3://" + LocalS3.BUCKET + "/tool"));
        if (isInstalled("restic")) {
            peers.add(new Restic("a directory", workspace.store().toString()));
            peers.add(new Restic("S3", "s3:" + RemoteStore.S3.address() + "/" + LocalS3.BUCKET + "/restic"));
        }
        if (isInstalled("litestream")) {
            peers.add(new Litestream("a directory", "file://" + workspace.store()));
            peers.add(new Litestream(
                    "S3",
                    "s3://" + LocalS3.BUCKET + "/litestream?forcePathStyle=true&region=us-east-1&endpoint="
                            + RemoteStore.S3.address()));
            peers.add(new Litestream("NATS", RemoteStore.NATS.address() + "/litestream"));
        }
        return peers;
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Each take stores the whole database; the first run, which fills caches and archives, is not counted. */
    private void measure(Peer peer, Workspace workspace) throws Exception {
        List<Figures> takes = new ArrayList<>();
        List<Figures> restores = new ArrayList<>();
        for (int run = 0; run <= runs; run++) {
            workspace.clear();
            peer.prepare(workspace, run);
            Figures take = run(peer, peer.take(workspace, run), workspace);
            Figures restore = run(peer, peer.restore(workspace, run), workspace);
            if (run > 0) {
                takes.add(take);
                restores.add(restore);
            }
        }
        print("take into", peer, takes);
        print("restore from", peer, restores);
    }

    private static void print(String verb, Peer peer, List<Figures> figures) {
        List<Double> seconds = figures.stream().map(Figures::seconds).sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "| %s: %s %s | %.2f (%.2f–%.2f) | %.0f |%n",
                peer.program(),
                verb,
                peer.store(),
                seconds.get(seconds.size() / 2),
                seconds.get(0),
                seconds.get(seconds.size() - 1),
                figures.stream().mapToLong(Figures::peakRss).max().orElse(0) / MEBIBYTE);
    }

    private static Figures run(Peer peer, List<String> command, Workspace workspace) throws Exception {
        Path log = workspace.root().resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("AWS_CA_BUNDLE"); // No server here uses TLS, and Litestream rejects it.
        builder.environment().putAll(peer.environment());
        long start = System.nanoTime();
        Process process = builder.start();
        long peak = 0;
        while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakRss(process.pid()));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(command + " ended with status " + process.exitValue() + ": " + Files.readString(log));
        }
        return new Figures(seconds, peak);
    }

    private static long peakRss(long pid) {
        try (Stream<String> status = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return status.filter(line -> line.startsWith(PEAK_RSS))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | RuntimeException e) {
            return 0; // It ended meanwhile, or the system is not Linux.
        }
    }

    private record Figures(double seconds, long peakRss) {}

    /** A program and the store that it uses. */
    private interface Peer {

        String program();

        String store();

        /** Makes what a take needs, untimed. */
        default void prepare(Workspace workspace, int run) throws Exception {}

        List<String> take(Workspace workspace, int run);

        List<String> restore(Workspace workspace, int run);

        default Map<String, String> environment() {
            Map<String, String> environment = new TreeMap<>();
            environment.put("AWS_ACCESS_KEY_ID", LocalS3.KEY);
            environment.put("AWS_SECRET_ACCESS_KEY", LocalS3.KEY);
            environment.put("AWS_REGION", "us-east-1");
            return environment;
        }
    }

    private record OwnTool(Path launcher, String store, String uri) implements Peer {

        @Override
        public String program() {
            return "ours";
        }

        @Override
        public List<String> take(Workspace workspace, int run) {
            return command("take", workspace.database(), run);
        }

        @Override
        public List<String> restore(Workspace workspace, int run) {
            return command("restore", workspace.target(), run);
        }

        /** A name of its own for each run, because a second take of the same name would be incremental. */
        private List<String> command(String verb, Path database, int run) {
            List<String> command = new ArrayList<>(List.of("sh", launcher.toString(), verb));
            command.addAll(List.of("--database", database.toString(), "--name", "run-" + run, "--store", uri));
            if (uri.startsWith("s3:")) {
                command.addAll(List.of("--s3-endpoint", RemoteStore.S3.address(), "--s3-path-style"));
            }
            return command;
        }
    }

    private record Restic(String store, String repository) implements Peer {

        @Override
        public String program() {
            return "restic";
        }

        @Override
        public void prepare(Workspace workspace, int run) throws Exception {
            ToolFigures.run(this, command(run, "init"), workspace);
        }

        @Override
        public List<String> take(Workspace workspace, int run) {
            return command(run, "backup", workspace.database().toString());
        }

        @Override
        public List<String> restore(Workspace workspace, int run) {
            return command(
                    run, "restore", "latest", "--target", workspace.scratch().toString());
        }

        @Override
        public Map<String, String> environment() {
            Map<String, String> environment = Peer.super.environment();
            environment.put("RESTIC_PASSWORD", "benchmark");
            return environment;
        }

        private List<String> command(int run, String... arguments) {
            List<String> command = new ArrayList<>(List.of("restic", "--no-cache", "-r", repository + "-" + run));
            command.addAll(List.of(arguments));
            return command;
        }
    }

    private record Litestream(String store, String replica) implements Peer {

        @Override
        public String program() {
            return "Litestream";
        }

        /** Keeps its state beside the database, so each run gets a copy of the database. */
        @Override
        public void prepare(Workspace workspace, int run) throws Exception {
            Files.copy(workspace.database(), copy(workspace));
            if (replica.startsWith("nats:")) {
                createBucket(run);
            }
        }

        private void createBucket(int run) throws Exception {
            try (Connection connection = Nats.connect(RemoteStore.NATS.address())) {
                connection
                        .objectStoreManagement()
                        .create(ObjectStoreConfiguration.builder("litestream-" + run)
                                .build());
            }
        }

        @Override
        public List<String> take(Workspace workspace, int run) {
            return List.of("litestream", "replicate", "-once", copy(workspace).toString(), replica(run));
        }

        @Override
        public List<String> restore(Workspace workspace, int run) {
            return List.of("litestream", "restore", "-o", workspace.target().toString(), replica(run));
        }

        private String replica(int run) {
            int query = replica.indexOf('?');
            return query < 0 ? replica + "-" + run : replica.substring(0, query) + "-" + run + replica.substring(query);
        }

        private static Path copy(Workspace workspace) {
            return workspace.scratch().resolve("litestream.db");
        }
    }
}

package io.harmonylite.snapshot.examples.counter;

import io.harmonylite.snapshot.examples.counter.CounterNode.Crash;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Three nodes add up the messages of a stream. Two are killed while they apply a message, and recover: one has its
 * sequence map in a file, the other in the database. The third joins after the stream has dropped its first messages,
 * and starts from a snapshot.
 */
public final class ReplicatedCounter {

    private static final int KILLED = 42;
    private static final long CRASH = 7;
    private static final LocalStream TWENTY = new LocalStream(1, 20);
    private static final LocalStream LATER = new LocalStream(16, 25);

    private final Path directory;
    private final PrintStream out;

    /** Creates the example in an empty directory. */
    ReplicatedCounter(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /**
     * Runs in a temporary directory, and deletes it.
     *
     * @param args empty; for the processes that are killed, the kind of map and the directory
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            new ReplicatedCounter(Path.of(args[1]), System.out).runUntilKilled(args[0]);
            return;
        }
        Path directory = Files.createTempDirectory("harmonylite-counter-");
        try {
            new ReplicatedCounter(directory, System.out).run();
        } finally {
            remove(directory);
        }
    }

    void run() throws Exception {
        say("Twenty messages, each adds its own number: the expected total is 210");
        try (SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("backup"))) {
            for (String kind : List.of("file", "table")) {
                kill(kind);
                resume(kind, store);
            }
            join(store);
        }
    }

    /** Runs a node in a process of its own, which is killed in message 7. */
    private void kill(String kind) throws IOException, InterruptedException {
        Files.createDirectory(directory.resolve(kind));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplicatedCounter.class.getName(),
                        kind,
                        directory.toString())
                .inheritIO()
                .start();
        int status = process.waitFor();
        if (status != KILLED) {
            throw new IllegalStateException("the process of the " + kind + " map ended with status " + status);
        }
        say("");
        say(kind + " map: killed in the middle of message " + CRASH);
    }

    private void runUntilKilled(String kind) throws Exception {
        Crash crash = message -> {
            if (message.sequence() == CRASH) {
                Runtime.getRuntime().halt(KILLED);
            }
        };
        try (SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("backup"));
                CounterNode node = open(kind, store, TWENTY, crash)) {
            node.start();
        }
    }

    private CounterNode open(String kind, SnapshotStore store, LocalStream stream, Crash crash) {
        return kind.equals("file")
                ? FileMapNode.open(directory.resolve(kind), store, stream, crash)
                : TableMapNode.open(directory.resolve(kind), store, stream, crash);
    }

    private void resume(String kind, SnapshotStore store) throws Exception {
        try (CounterNode node = open(kind, store, TWENTY, Crash.never())) {
            RecoveryReport report = node.start();
            say("  recovered: " + report.plan().reason());
            say(String.format(Locale.ROOT, "  total %d, after %d applications", node.total(), node.applications()));
            if (kind.equals("table")) {
                say("  snapshot taken at " + node.take().positions());
            }
        }
    }

    /** Starts a new node after the stream has dropped messages that it needs. */
    private void join(SnapshotStore store) throws Exception {
        Files.createDirectory(directory.resolve("new"));
        say("");
        say("new node: the stream retains " + LATER.first() + " to " + LATER.last());
        try (CounterNode node = TableMapNode.open(directory.resolve("new"), store, LATER, Crash.never())) {
            RecoveryReport report = node.start();
            say("  recovered: " + report.plan().outcome() + ", continues from " + report.positions());
            say(String.format(Locale.ROOT, "  total %d, after %d applications", node.total(), node.applications()));
        }
    }

    private void say(String line) {
        out.println(line);
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A host in a process of its own, which {@link KilledHostIT} kills. It recovers, starts its feed and carries out the
 * orders of its standard input; each is answered by one line.
 */
final class KilledHost {

    /** Longer than any wait, so that a host that does not catch up is reported. */
    private static final int TRIES = 6_000;

    private final BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    private final PrintStream answers = new PrintStream(System.out, true, UTF_8);
    private final String stream;
    private final boolean online;
    private final NatsStreams streams;
    private final FeedNode node;

    private KilledHost(String stream, boolean online, NatsStreams streams, FeedNode node) {
        this.stream = stream;
        this.online = online;
        this.streams = streams;
        this.node = node;
    }

    /** Expects directory, kind, URL, stream, store, and how to restore: {@code online} or {@code swap}. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        String name = directory.getFileName().toString();
        Options options = Options.builder().server(args[2]).maxReconnects(-1).build();
        try (Connection nats = Nats.connect(options)) {
            NatsStreams streams = NatsStreams.of(nats, args[3]);
            FileSystemSnapshotStore store = FileSystemSnapshotStore.create(Path.of(args[4]));
            try (FeedNode node = new FeedNode(
                    directory, Kind.valueOf(args[1]), nats, streams, store, settings -> settings.node(name))) {
                KilledHost host = new KilledHost(args[3], args[5].equals("online"), streams, node);
                boolean goesOn = true;
                while (goesOn) {
                    goesOn = host.live();
                }
            }
        }
    }

    /** Recovers, and obeys until the feed or the orders end; returns whether there are more orders. */
    private boolean live() throws Exception {
        RecoveryReport report;
        try {
            report = recover();
        } catch (StreamGapException e) {
            return ask("gap " + e.getMessage()).isPresent();
        }
        long position =
                report.positions().of(stream).map(StreamPosition::sequence).orElse(0L);
        if (ask("recovered " + report.plan().outcome() + " " + position).isEmpty()) {
            return false;
        }
        node.feed();
        String answer = "fed";
        while (true) {
            Optional<String> order = ask(answer);
            if (order.isEmpty()) {
                return false;
            }
            Optional<FeedEnd> end = node.running().end();
            if (end.isPresent()) {
                say("ended " + end.get().getClass().getSimpleName() + " " + end.get());
                node.stop();
                return true;
            }
            answer = answer(order.get());
        }
    }

    private RecoveryReport recover() {
        RecoveryOptions options = RecoveryOptions.defaults();
        return node.manager()
                .recover(
                        online && node.isThere()
                                ? options.restoreOptions(request -> request.online(WriteBarrier.noWriters()))
                                : options);
    }

    private String answer(String order) {
        try {
            String[] words = order.split(" ", 2);
            switch (words[0]) {
                case "write" -> node.write(stream, words[1]);
                case "note" -> node.writeUnpublished(words[1]);
                case "publish" -> node.publishOutbox(stream);
                case "take" -> node.manager().take();
                case "restore" -> node.restoreOnline();
                case "settle" -> {
                    return settle();
                }
                default -> throw new IllegalArgumentException(order);
            }
            return "did " + order;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            StringBuilder text = new StringBuilder("failed " + e.getClass().getSimpleName() + " at " + order);
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                text.append(": ").append(cause);
            }
            return text.toString();
        }
    }

    /** Waits until each message is applied that the stream has now. */
    private String settle() throws Exception {
        long last = streams.state(stream).orElseThrow().last();
        for (int i = 0; i < TRIES && node.running().end().isEmpty(); i++) {
            if (node.lag() == 0) {
                return "caught " + last;
            }
            Thread.sleep(10);
        }
        return node.running().end().isPresent() ? "did settle" : "failed Settle: lag " + node.lag();
    }

    /** Answers, and returns the next order. */
    private Optional<String> ask(String answer) throws IOException {
        say(answer);
        return Optional.ofNullable(orders.readLine());
    }

    private void say(String answer) {
        answers.println(answer.replace('\n', ' '));
    }
}

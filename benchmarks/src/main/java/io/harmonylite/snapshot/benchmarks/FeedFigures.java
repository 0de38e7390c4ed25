package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.nats.FeedHandler;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.sequence.Durability;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.sqlite.SQLiteDataSource;

/**
 * The figures of {@code docs/performance.md} about feeds: messages a second of a backlog in one stream, and the time from
 * the publication of a single message to its commit. All commits are durable ({@code synchronous = FULL}). Arguments: URL
 * of a server with JetStream, and the number of messages, 200,000 by default. Prints Markdown tables of medians.
 */
public final class FeedFigures {

    /** Messages a second that HarmonyLite applied, as measured for issue 20. */
    private static final double HARMONYLITE = 445;

    private static final int ROUNDS = 3;
    private static final int BATCH = 512;
    private static final int PAYLOAD = 150;
    private static final int SINGLES = 3_000;
    private static final int WINDOW = 1_000;

    private final Connection nats;
    private final int messages;
    private final String stream = "figures-" + NUID.nextGlobal();
    private final Path directory = BenchmarkFiles.createDirectory();
    private final byte[] payload = new byte[PAYLOAD];
    private int databases;

    private FeedFigures(Connection nats, int messages) {
        this.nats = nats;
        this.messages = messages;
        new Random(7).nextBytes(payload);
    }

    /** Measures and prints. */
    public static void main(String[] arguments) throws Exception {
        int messages = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200_000;
        try (Connection nats = Nats.connect(arguments[0])) {
            new FeedFigures(nats, messages).run();
        }
    }

    private void run() throws Exception {
        createStream();
        try {
            publish();
            rates();
            latencies();
        } finally {
            nats.jetStreamManagement().deleteStream(stream);
            clear();
            Files.delete(directory);
        }
    }

    private void createStream() throws Exception {
        nats.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .build());
    }

    private void publish() throws Exception {
        Deque<CompletableFuture<PublishAck>> underway = new ArrayDeque<>();
        for (int i = 0; i < messages; i++) {
            if (underway.size() == WINDOW) {
                underway.remove().get();
            }
            underway.add(nats.jetStream().publishAsync(stream, payload));
        }
        for (CompletableFuture<PublishAck> each : underway) {
            each.get();
        }
    }

    // Backlog

    private void rates() throws Exception {
        int few = Math.max(1, messages / 200);
        List<Rate> all = List.of(
                new Rate("SQLite alone, a commit for each row", few, count -> insert(count, 1)),
                new Rate("SQLite alone, a commit for 512 rows", messages, count -> insert(count, BATCH)),
                new Rate("messages read and counted in memory", messages, this::read),
                new Rate("table map, one by one", few, count -> apply(new TableNode(this), count, 1)),
                new Rate("table map, batches", messages, count -> apply(new TableNode(this), count, BATCH)),
                new Rate("file map, one by one", few, count -> apply(new FileNode(this), count, 1)),
                new Rate("file map, batches", messages, count -> apply(new FileNode(this), count, BATCH)));
        double[][] found = new double[all.size()][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            for (int i = 0; i < all.size(); i++) {
                Rate rate = all.get(i);
                double measured = rate.measure(round < 0 ? Math.max(1, rate.count() / 10) : rate.count());
                found[i][Math.max(round, 0)] = measured;
                System.err.printf(Locale.ROOT, "round %d: %s %,.0f/s%n", round, rate.name(), measured);
                clear();
            }
        }
        double limit = median(found[1]);
        System.out.printf(
                Locale.ROOT,
                "%n| backlog of %,d messages | messages/s | worst | ÷ 445/s | ÷ SQLite alone, 512 rows |%n"
                        + "|---|---|---|---|---|%n",
                messages);
        for (int i = 0; i < all.size(); i++) {
            double median = median(found[i]);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f | %.1f | %.2f |%n",
                    all.get(i).name(),
                    median,
                    found[i][0],
                    median / HARMONYLITE,
                    median / limit);
        }
    }

    private void insert(int count, int batch) throws Exception {
        try (Replica replica = replica()) {
            for (int first = 1; first <= count; first += batch) {
                for (long at = first; at < first + batch && at <= count; at++) {
                    replica.insert(at, payload);
                }
                replica.commit();
            }
        }
    }

    private void read(int count) throws Exception {
        Semaphore done = new Semaphore(0);
        databases++;
        try (FileSequenceMap map = FileSequenceMap.builder(directory.resolve("map-" + databases))
                        .durability(Durability.MANUAL)
                        .open();
                NatsFeed feed = NatsFeed.builder(streams(), map)
                        .batchHandler(several -> releaseAt(count, several, done))
                        .onEnd(end -> done.release())
                        .start()) {
            done.acquire();
            requireRunning(feed);
        }
    }

    private void apply(Node node, int count, int batch) throws Exception {
        Semaphore done = new Semaphore(0);
        try (node) {
            NatsFeed.Builder builder = node.feed();
            if (batch == 1) {
                builder.handler(message -> {
                    node.apply(List.of(message));
                    releaseAt(count, List.of(message), done);
                });
            } else {
                builder.batchHandler(several -> {
                    node.apply(several);
                    releaseAt(count, several, done);
                });
            }
            try (NatsFeed feed = builder.onEnd(end -> done.release()).start()) {
                done.acquire();
                requireRunning(feed);
            }
        }
    }

    private static void releaseAt(int count, List<StreamMessage> several, Semaphore done) {
        if (last(several) >= count) {
            done.release();
        }
    }

    private static long last(List<StreamMessage> several) {
        return several.get(several.size() - 1).at().sequence();
    }

    private static void requireRunning(NatsFeed feed) {
        feed.end().ifPresent(end -> {
            throw new IllegalStateException(end.sentence());
        });
    }

    // Single messages

    private void latencies() throws Exception {
        nats.jetStreamManagement().deleteStream(stream);
        createStream();
        System.out.printf(
                "%n| %,d single messages, published one after the other | p50 ms | p99 ms |%n|---|---|---|%n", SINGLES);
        latency("table map, handler", new TableNode(this), 1);
        latency("table map, batch handler", new TableNode(this), BATCH);
        latency("file map, handler", new FileNode(this), 1);
        latency("file map, batch handler", new FileNode(this), BATCH);
    }

    private void latency(String name, Node node, int batch) throws Exception {
        nats.jetStreamManagement().deleteStream(stream);
        createStream();
        Semaphore committed = new Semaphore(0);
        double[] millis = new double[SINGLES];
        try (node) {
            NatsFeed.Builder builder = node.feed().onEnd(end -> committed.release(2 * SINGLES));
            FeedHandler single = message -> {
                node.apply(List.of(message));
                committed.release();
            };
            builder = batch == 1
                    ? builder.handler(single)
                    : builder.batchHandler(several -> {
                        node.apply(several);
                        committed.release(several.size());
                    });
            try (NatsFeed feed = builder.start()) {
                for (int i = -SINGLES / 3; i < SINGLES; i++) { // The first third only warms up.
                    long start = System.nanoTime();
                    nats.publish(stream, payload);
                    committed.acquire();
                    millis[Math.max(i, 0)] = (System.nanoTime() - start) / 1e6;
                }
                requireRunning(feed);
            }
        }
        Arrays.sort(millis);
        System.out.printf(
                Locale.ROOT, "| %s | %.3f | %.3f |%n", name, millis[SINGLES / 2], millis[(int) (SINGLES * 0.99)]);
        clear();
    }

    // Databases

    private NatsStreams streams() {
        return NatsStreams.of(nats, stream);
    }

    private Replica replica() throws SQLException {
        databases++;
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("replica-" + databases + ".db")
                + "?journal_mode=WAL&synchronous=FULL&transaction_mode=IMMEDIATE");
        return new Replica(source);
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private interface Work {
        void run(int count) throws Exception;
    }

    private record Rate(String name, int count, Work work) {
        double measure(int part) throws Exception {
            long start = System.nanoTime();
            work.run(part);
            return part / ((System.nanoTime() - start) / 1e9);
        }
    }

    /** A host's database, with one connection that applies messages. */
    private static final class Replica implements AutoCloseable {

        private final SQLiteDataSource source;
        private final java.sql.Connection connection;
        private final PreparedStatement insert;

        Replica(SQLiteDataSource source) throws SQLException {
            this.source = source;
            this.connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, data BLOB NOT NULL)");
            }
            connection.setAutoCommit(false);
            this.insert = connection.prepareStatement("INSERT OR REPLACE INTO rows VALUES (?, ?)");
        }

        SQLiteDataSource source() {
            return source;
        }

        java.sql.Connection connection() {
            return connection;
        }

        void insert(long id, byte[] data) throws SQLException {
            insert.setLong(1, id);
            insert.setBytes(2, data);
            insert.executeUpdate();
        }

        void insert(List<StreamMessage> several) throws SQLException {
            for (StreamMessage message : several) {
                insert(message.at().sequence(), message.data());
            }
        }

        void commit() throws SQLException {
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            insert.close();
            connection.close();
        }
    }

    /** A database, a map, and how a message is applied. */
    private interface Node extends AutoCloseable {

        NatsFeed.Builder feed();

        void apply(List<StreamMessage> several) throws SQLException;

        @Override
        void close() throws SQLException;
    }

    private static final class TableNode implements Node {

        private final FeedFigures figures;
        private final TableSequenceMap map = TableSequenceMap.create();
        private final Replica replica;

        TableNode(FeedFigures figures) throws SQLException {
            this.figures = figures;
            this.replica = figures.replica();
        }

        @Override
        public NatsFeed.Builder feed() {
            return NatsFeed.builder(figures.streams(), map, replica.source());
        }

        @Override
        public void apply(List<StreamMessage> several) throws SQLException {
            replica.insert(map.in(replica.connection()).appliedAll(several));
            replica.commit();
        }

        @Override
        public void close() throws SQLException {
            replica.close();
        }
    }

    private static final class FileNode implements Node {

        private final FeedFigures figures;
        private final FileSequenceMap map;
        private final Replica replica;

        FileNode(FeedFigures figures) throws SQLException {
            this.figures = figures;
            this.replica = figures.replica();
            this.map = FileSequenceMap.open(figures.directory.resolve("map-" + figures.databases));
        }

        @Override
        public NatsFeed.Builder feed() {
            return NatsFeed.builder(figures.streams(), map);
        }

        @Override
        public void apply(List<StreamMessage> several) throws SQLException {
            replica.insert(several);
            replica.commit();
        }

        @Override
        public void close() throws SQLException {
            map.close();
            replica.close();
        }
    }
}

package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.change.OutboxTable;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.Durability;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.UnaryOperator;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A node as a host would write it: it applies rows from streams in batches, and writes and publishes rows of its own. */
final class FeedNode implements AutoCloseable {

    /** Where the node keeps its positions. */
    enum Kind {
        FILE,
        TABLE
    }

    private final io.nats.client.Connection nats;
    private final NatsStreams streams;
    private final Kind kind;
    private final Path database;
    private final SQLiteDataSource pool = new SQLiteDataSource(configuration());
    private final SequenceMap map;
    private final SnapshotManager manager;
    private final List<FeedEnd> ends = Collections.synchronizedList(new ArrayList<>());
    private final ReentrantReadWriteLock writing = new ReentrantReadWriteLock(true);
    private volatile CountDownLatch holding = new CountDownLatch(0);
    private NatsFeed feed;

    FeedNode(Path directory, Kind kind, io.nats.client.Connection nats, NatsStreams streams, SnapshotStore store)
            throws IOException {
        this(directory, kind, nats, streams, store, UnaryOperator.identity());
    }

    /** Creates a node and configures its manager. */
    FeedNode(
            Path directory,
            Kind kind,
            io.nats.client.Connection nats,
            NatsStreams streams,
            SnapshotStore store,
            UnaryOperator<SnapshotManager.Builder> settings)
            throws IOException {
        Files.createDirectories(directory);
        this.nats = nats;
        this.streams = streams;
        this.kind = kind;
        this.database = directory.resolve("orders.db");
        this.map = kind == Kind.FILE
                ? FileSequenceMap.builder(directory.resolve("orders.seq-map"))
                        .durability(Durability.MANUAL)
                        .open()
                : TableSequenceMap.create();
        this.pool.setUrl("jdbc:sqlite:" + database);
        SnapshotManager.Builder builder = SnapshotManager.builder("orders", database, store)
                .sequenceMap(map)
                .streams(streams)
                .pendingChanges(
                        OutboxTable.of("outbox", (staged, change) -> insert(staged, (String) change.value("text"))));
        this.manager = settings.apply(builder).build();
    }

    /** Turns off syncs: these tests do not simulate power loss. */
    private static SQLiteConfig configuration() {
        SQLiteConfig configuration = new SQLiteConfig();
        configuration.setJournalMode(SQLiteConfig.JournalMode.WAL);
        configuration.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        configuration.setBusyTimeout(60_000);
        configuration.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return configuration;
    }

    Path database() {
        return database;
    }

    SnapshotManager manager() {
        return manager;
    }

    /** Recovers the database and starts the feed. */
    RecoveryReport start() throws Exception {
        RecoveryReport report = manager.recover();
        feed();
        return report;
    }

    /** Does the same as {@link #start} while readers keep the database open. */
    RecoveryReport startOnline() {
        RecoveryReport report = manager.recover(
                RecoveryOptions.defaults().restoreOptions(request -> request.online(WriteBarrier.noWriters())));
        feed();
        return report;
    }

    /** Restores the latest snapshot online, under the feed; the handler shares the barrier's lock. */
    void restoreOnline() {
        manager.restore(RestoreRequest.latest().online(WriteBarrier.of(writing.writeLock())));
    }

    /** Starts the feed. */
    void feed() {
        NatsFeed.Builder builder = kind == Kind.FILE
                ? NatsFeed.builder(streams, (FileSequenceMap) map)
                : NatsFeed.builder(streams, (TableSequenceMap) map, pool);
        createTables();
        feed = builder.batchHandler(this::apply)
                .onEnd(ends::add)
                .maxInFlight(16)
                .start();
        manager.attachFeed(feed);
    }

    void createTables() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS applied (text TEXT PRIMARY KEY, times INT NOT NULL)");
            statement.execute("CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns whether the database exists. */
    boolean isThere() {
        return Files.exists(database);
    }

    /** Holds all messages back until {@link #release}. */
    void hold() {
        holding = new CountDownLatch(1);
    }

    void release() {
        holding.countDown();
    }

    private void apply(List<StreamMessage> messages) throws Exception {
        holding.await();
        writing.readLock().lock();
        try (Connection connection = transaction()) {
            List<StreamMessage> uncounted =
                    map instanceof TableSequenceMap table ? table.in(connection).appliedAll(messages) : messages;
            for (StreamMessage message : uncounted) {
                insert(connection, new String(message.data(), UTF_8));
            }
            connection.commit();
        } finally {
            writing.readLock().unlock();
        }
    }

    /** Writes an own row and publishes it; the feed need not run. */
    void write(String stream, String text) throws Exception {
        if (map instanceof TableSequenceMap table) {
            try (Connection connection = transaction()) {
                insert(connection, text);
                table.in(connection).published(stream, publish(stream, text));
                connection.commit();
            }
        } else {
            try (Connection connection = transaction()) {
                insert(connection, text);
                connection.commit();
            }
            ((FileSequenceMap) map).published(stream, publish(stream, text));
        }
    }

    /** Writes an own row and leaves its publication to {@link #publishOutbox}. */
    void writeUnpublished(String text) throws SQLException {
        try (Connection connection = transaction();
                PreparedStatement row = connection.prepareStatement("INSERT INTO outbox (text) VALUES (?)")) {
            insert(connection, text);
            row.setString(1, text);
            row.executeUpdate();
            connection.commit();
        }
    }

    /**
     * Publishes the pending rows in order. The database stays locked for writing, so that no message is applied in
     * between.
     */
    void publishOutbox(String stream) throws Exception {
        try (Connection connection = transaction();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE outbox SET id = id");
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT text FROM outbox ORDER BY id")) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            List<StreamPosition> published = new ArrayList<>();
            for (String text : texts) {
                StreamPosition at = publish(stream, text);
                published.add(at);
                if (map instanceof TableSequenceMap table) {
                    table.in(connection).published(stream, at);
                }
            }
            statement.executeUpdate("DELETE FROM outbox");
            connection.commit();
            if (map instanceof FileSequenceMap file) {
                published.forEach(at -> file.published(stream, at));
            }
        }
    }

    private StreamPosition publish(String stream, String text) throws Exception {
        PublishOptions once = PublishOptions.builder().messageId(text).build();
        PublishAck ack = nats.jetStream().publish(stream, text.getBytes(UTF_8), once);
        return feed == null ? StreamPosition.at(ack.getSeqno()) : feed.positionOf(ack);
    }

    /** A file map counts an own row only after its publication, so the row may exist already. */
    private void insert(Connection connection, String text) throws SQLException {
        String conflict = kind == Kind.FILE ? " ON CONFLICT (text) DO NOTHING" : "";
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO applied VALUES (?, 1)" + conflict)) {
            row.setString(1, text);
            row.executeUpdate();
        }
    }

    private Connection transaction() throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Returns all texts in order. */
    List<String> texts() throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT text FROM applied ORDER BY text")) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** Returns the number of texts. */
    int count() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM applied")) {
            return rows.getInt(1);
        }
    }

    /** Opens a connection; the caller closes it. */
    Connection reader() throws SQLException {
        return pool.getConnection();
    }

    long lag() throws IOException {
        return feed.lag().values().stream().mapToLong(Long::longValue).sum();
    }

    NatsFeed running() {
        return feed;
    }

    void stop() {
        release();
        if (feed != null) {
            feed.close();
        }
    }

    @Override
    public void close() {
        stop();
        manager.close();
        map.close();
    }
}

package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.ConnectionCustomizer;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.Seams;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.MapFiles;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.StoreFiles;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/**
 * A node as a host would write it, all of whose steps a test can watch: a database {@code orders.db} that has a row for each
 * message of a stream, a map of either kind, and a store beside them. Nothing is done in parallel, so that steps come in one
 * order.
 */
final class CrashNode implements AutoCloseable {

    static final String STREAM = "changes";
    static final long FIRST = 41;
    static final long LAST = 60;

    /** Where positions are kept. */
    enum Kind {
        FILE,
        TABLE
    }

    private final Path directory;
    private final FileOperations files;
    private final UnaryOperator<Connection> connections;
    private final ConnectionCustomizer customizer;
    private final FileSystemSnapshotStore store;
    private final SequenceMap map;
    private InMemoryStreams streams = streams(StreamRetention.ofMessages(LAST - FIRST + 1));

    /** A node whose steps are told. */
    CrashNode(Path directory, Kind kind, Step step) throws IOException {
        this(
                directory,
                kind,
                new SteppedFiles(step),
                connection -> WatchedConnection.of(connection, call -> step.before(Step.SQLITE, call)),
                ConnectionCustomizer.none());
    }

    /** A node that makes nothing durable: what it does is looked at, and then thrown away. */
    static CrashNode careless(Path directory, Kind kind) throws IOException {
        return new CrashNode(
                directory,
                kind,
                new CarelessFiles(),
                UnaryOperator.identity(),
                connection -> TestDatabase.run(connection, "PRAGMA synchronous = OFF"));
    }

    private CrashNode(
            Path directory,
            Kind kind,
            FileOperations files,
            UnaryOperator<Connection> connections,
            ConnectionCustomizer customizer)
            throws IOException {
        this.directory = directory;
        this.files = files;
        this.connections = connections;
        this.customizer = customizer;
        this.store = StoreFiles.open(directory.resolve("store"), files);
        this.map = kind == Kind.FILE
                ? MapFiles.open(directory.resolve("orders.seq-map"), files)
                : TableSequenceMap.create();
    }

    private static InMemoryStreams streams(StreamRetention retention) {
        InMemoryStreams streams = new InMemoryStreams(STREAM);
        streams.create(STREAM, retention);
        streams.publish(STREAM, (int) LAST);
        return streams;
    }

    /** As long as the stream still had all its messages. */
    CrashNode earlier() {
        streams = streams(StreamRetention.unlimited());
        return this;
    }

    Path database() {
        return directory.resolve("orders.db");
    }

    FileSystemSnapshotStore store() {
        return store;
    }

    SnapshotManager.Builder builder() {
        SnapshotManager.Builder builder = SnapshotManager.builder("orders", database(), store)
                .sequenceMap(map)
                .streams(streams)
                .parallelism(1)
                .connectionCustomizer(customizer);
        return Seams.watched(builder, files, connections);
    }

    SnapshotManager manager() {
        return builder().build();
    }

    Connection open() throws SQLException {
        Connection connection = connections.apply(TestDatabase.open(database()));
        customizer.customize(connection);
        return connection;
    }

    void createTables() throws SQLException {
        try (Connection connection = open()) {
            TestDatabase.run(
                    connection,
                    "PRAGMA journal_mode = WAL",
                    "CREATE TABLE applied (sequence INTEGER PRIMARY KEY, text TEXT NOT NULL)",
                    "CREATE INDEX applied_by_text ON applied (text)");
        }
    }

    /** Applies all messages up to one, from the position on; each is committed, and durable, when it is told. */
    void apply(Connection connection, long last, LongConsumer acknowledged) throws SQLException, IOException {
        connection.setAutoCommit(false);
        for (long sequence = position(connection) + 1; sequence <= last; sequence++) {
            apply(connection, message(sequence));
            acknowledged.accept(sequence);
        }
    }

    private StreamPosition message(long sequence) throws IOException {
        Instant created = streams.state(STREAM).orElseThrow().created();
        Instant timestamp = streams.timestampAt(STREAM, sequence).orElseThrow();
        return new StreamPosition(sequence, timestamp, created);
    }

    private void apply(Connection connection, StreamPosition at) throws SQLException {
        if (map instanceof FileSequenceMap file) {
            file.apply(STREAM, at, () -> {
                insert(connection, at.sequence());
                connection.commit();
            });
        } else {
            if (((TableSequenceMap) map).in(connection).applied(STREAM, at)) {
                insert(connection, at.sequence());
            }
            connection.commit();
        }
    }

    private static void insert(Connection connection, long sequence) throws SQLException {
        try (Statement row = connection.createStatement()) {
            row.execute("INSERT OR REPLACE INTO applied VALUES (" + sequence + ", 'message ' || hex(zeroblob(200 + "
                    + sequence + ")))");
        }
    }

    /** How far the map says the stream was applied. */
    long position() throws SQLException {
        try (Connection connection = open()) {
            return position(connection);
        }
    }

    private long position(Connection connection) throws SQLException {
        Positions positions = map instanceof FileSequenceMap file
                ? file.positions()
                : ((TableSequenceMap) map).in(connection).positions();
        return positions.of(STREAM).map(StreamPosition::sequence).orElse(0L);
    }

    @Override
    public void close() throws IOException {
        map.close();
        store.close();
    }
}

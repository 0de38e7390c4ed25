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
import java.util.regex.Pattern;

/**
 * A node as a host would write it, with observable steps: {@code orders.db} with a row for each message, a map of
 * either kind, and a store. Everything runs on one thread, so that the order of steps is fixed.
 */
final class CrashNode implements AutoCloseable {

    static final String STREAM = "changes";
    static final long FIRST = 41;
    static final long LAST = 60;

    private static final Pattern VALUE = Pattern.compile("(get|set(?!AutoCommit)|is|was|unwrap|createStatement).*");

    /** Where a node keeps its positions. */
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

    /** Creates a node that reports its steps. */
    CrashNode(Path directory, Kind kind, Step step) throws IOException {
        this(
                directory,
                kind,
                new SteppedFiles(step),
                connection -> WatchedConnection.of(connection, call -> beforeCall(step, call)),
                ConnectionCustomizer.none());
    }

    /** Creates a node that skips all syncs, for checks and for preparations. */
    static CrashNode unsynced(Path directory, Kind kind) throws IOException {
        return new CrashNode(
                directory, kind, new UnsyncedFiles(), UnaryOperator.identity(), TestDatabase::withoutSyncs);
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

    /** Reports a call of SQLite, unless it only reads or binds a value: such a call changes no file. */
    private static void beforeCall(Step step, String call) {
        if (!VALUE.matcher(call).matches()) {
            step.before(Step.SQLITE, call);
        }
    }

    private static InMemoryStreams streams(StreamRetention retention) {
        InMemoryStreams streams = new InMemoryStreams(STREAM);
        streams.create(STREAM, retention);
        streams.publish(STREAM, (int) LAST);
        return streams;
    }

    /** Makes the stream have all its messages, as it had before it dropped some. */
    CrashNode withAllMessages() {
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

    /** Applies all messages after the position, up to {@code last}; reports each after its durable commit. */
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

    /** Returns the position in the map, 0 if it has none. */
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

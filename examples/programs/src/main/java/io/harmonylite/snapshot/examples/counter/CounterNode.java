package io.harmonylite.snapshot.examples.counter;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.examples.counter.LocalStream.Message;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.GapDetector;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** A node that applies a stream to a database with a counter. Subclasses choose the kind of sequence map. */
abstract class CounterNode implements AutoCloseable {

    private final LocalStream stream;
    private final SequenceMap map;
    private final SnapshotManager snapshots;
    private final Path database;
    private final Crash crash;

    CounterNode(Path directory, SnapshotStore store, LocalStream stream, SequenceMap map, Crash crash) {
        this.database = directory.resolve("counter.db");
        this.stream = stream;
        this.map = map;
        this.crash = crash;
        this.snapshots = SnapshotManager.builder("counter", database, store)
                .sequenceMap(map)
                .streams(stream)
                .build();
    }

    /** Starts as every host does: recover, then open connections, then apply the messages of the stream. */
    RecoveryReport start() throws Exception {
        RecoveryReport report = snapshots.recover();
        try (Connection connection = connect()) {
            createTables(connection);
            connection.commit();
            applyAll(connection);
        }
        return report;
    }

    /** Applies all messages after the position. */
    private void applyAll(Connection connection) throws Exception {
        GapDetector detector = GapDetector.of(stream, LocalStream.NAME);
        while (true) {
            StreamPosition position = position(connection).orElse(StreamPosition.at(0));
            Optional<Message> message = stream.after(position.sequence());
            if (message.isEmpty()) {
                return;
            }
            StreamPosition at = message.get().position();
            Instant time = Objects.requireNonNull(at.timestamp(), "every message of the stream has a timestamp");
            Arrival arrival = detector.arrived(position, at.sequence(), time);
            if (!(arrival instanceof Arrival.Next)) {
                throw new IllegalStateException("unexpected message: " + arrival + "; stop and recover");
            }
            apply(connection, message.get(), crash);
        }
    }

    /** Takes a snapshot at the applied positions. */
    SnapshotInfo take() {
        return snapshots.take();
    }

    /** Returns the total in the database. */
    long total() throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, "SELECT total FROM counter");
        }
    }

    /** Returns how often a message was applied, repeats included. */
    long applications() throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, "SELECT applications FROM counter");
        }
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        connection.setAutoCommit(false);
        return connection;
    }

    private static void createTables(Connection connection) throws SQLException {
        execute(connection, "CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY, total INT, applications INT)");
        execute(connection, "CREATE TABLE IF NOT EXISTS entry (message INTEGER PRIMARY KEY, amount INT)");
        execute(connection, "INSERT OR IGNORE INTO counter VALUES (1, 0, 0)");
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getLong(1);
        }
    }

    /** Returns the position of the stream. */
    abstract Optional<StreamPosition> position(Connection connection) throws SQLException;

    /** Applies one message and records its position. */
    abstract void apply(Connection connection, Message message, Crash crash) throws SQLException;

    @Override
    public void close() throws Exception {
        snapshots.close();
        map.close();
    }

    /** Kills the process while it applies a message. */
    @FunctionalInterface
    interface Crash {

        /** Called between the two steps of applying a message. */
        void in(Message message);

        /** Returns a crash that never happens. */
        static Crash never() {
            return message -> {};
        }
    }
}

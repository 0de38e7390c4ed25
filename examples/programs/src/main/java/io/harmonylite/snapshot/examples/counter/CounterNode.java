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

/** A node: a database that counts, fed from a stream. Which kind of map it has is the subclass's affair. */
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
                .positions(map)
                .streams(stream)
                .build();
    }

    /** The start of every host: recover first, open connections then, and apply what the stream has. */
    RecoveryReport start() throws Exception {
        RecoveryReport report = snapshots.recover();
        try (Connection connection = connect()) {
            createTables(connection);
            connection.commit();
            applyAll(connection);
        }
        return report;
    }

    /** The apply loop. */
    private void applyAll(Connection connection) throws Exception {
        GapDetector detector = GapDetector.of(stream, LocalStream.NAME);
        while (true) {
            StreamPosition position = position(connection).orElse(StreamPosition.at(0));
            Optional<Message> message = stream.after(position.sequence());
            if (message.isEmpty()) {
                return;
            }
            StreamPosition at = message.get().position();
            Instant time = Objects.requireNonNull(at.timestamp(), "the stream gives every message a time");
            Arrival arrival = detector.arrived(position, at.sequence(), time);
            if (!(arrival instanceof Arrival.Next)) {
                throw new IllegalStateException("stop, and recover: " + arrival);
            }
            apply(connection, message.get(), crash);
        }
    }

    /** Takes a snapshot, which stands for what is applied. */
    SnapshotInfo take() {
        return snapshots.take();
    }

    /** What the database counts. */
    long total() throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, "SELECT total FROM counter");
        }
    }

    /** How often a message was applied, whatever it did. */
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

    /** Where the stream is. */
    abstract Optional<StreamPosition> position(Connection connection) throws SQLException;

    /** Applies one message and counts it. */
    abstract void apply(Connection connection, Message message, Crash crash) throws SQLException;

    @Override
    public void close() throws Exception {
        snapshots.close();
        map.close();
    }

    /** Ends the process in the middle of a message. */
    @FunctionalInterface
    interface Crash {

        /** Called in the worst moment of a message. */
        void in(Message message);

        /** Never. */
        static Crash never() {
            return message -> {};
        }
    }
}

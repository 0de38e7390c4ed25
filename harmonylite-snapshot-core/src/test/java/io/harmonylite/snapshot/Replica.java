package io.harmonylite.snapshot;

import io.harmonylite.snapshot.crash.UnsyncedFiles;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.MapFiles;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A node as a host would write it: each message becomes one row and is counted in a map of either kind. Its database
 * and its map skip syncs, since these tests cut no power.
 */
final class Replica implements AutoCloseable {

    /** Where a node keeps its positions. */
    enum Kind {
        FILE,
        TABLE
    }

    final Path database;
    final Path mapFile;
    private final SnapshotStore store;
    private final Streams streams;
    private final Kind kind;
    private SequenceMap map;

    Replica(Path directory, Kind kind, SnapshotStore store, Streams streams) {
        this.database = directory.resolve("orders.db");
        this.mapFile = directory.resolve("orders.seq-map");
        this.kind = kind;
        this.store = store;
        this.streams = streams;
        this.map = open();
    }

    private SequenceMap open() {
        return kind == Kind.FILE ? MapFiles.open(mapFile, new UnsyncedFiles()) : TableSequenceMap.create();
    }

    SequenceMap map() {
        return map;
    }

    /** Reopens the map, like a process that starts again. */
    void restart() {
        map.close();
        map = open();
    }

    SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store)
                .sequenceMap(map)
                .streams(streams);
    }

    SnapshotManager manager() {
        return builder().build();
    }

    void createTables() throws SQLException {
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE IF NOT EXISTS applied (stream TEXT NOT NULL, sequence INT NOT NULL)");
    }

    /** Applies all messages after the position, up to {@code last}. */
    void apply(String stream, long last) throws SQLException, IOException {
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.withoutSyncs(connection);
            connection.setAutoCommit(false);
            for (long sequence = position(stream).map(StreamPosition::sequence).orElse(0L) + 1;
                    sequence <= last;
                    sequence++) {
                apply(connection, stream, message(stream, sequence));
            }
        }
    }

    /** Applies one message, as the handler of a feed does. */
    void apply(StreamMessage message) throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            connection.setAutoCommit(false);
            apply(connection, message.stream(), message.at());
        }
    }

    /** Applies all messages that the streams still have, as the apply loop of a host does. */
    void catchUp() throws SQLException, IOException {
        for (String stream : streams.names()) {
            apply(stream, streams.state(stream).orElseThrow().last());
        }
    }

    private StreamPosition message(String stream, long sequence) throws IOException {
        Instant created = streams.state(stream).orElseThrow().created();
        Instant timestamp = streams.timestampAt(stream, sequence)
                .orElseThrow(() -> new IllegalStateException(stream + " has no message " + sequence));
        return new StreamPosition(sequence, timestamp, created);
    }

    private void apply(Connection connection, String stream, StreamPosition at) throws SQLException {
        if (map instanceof FileSequenceMap file) {
            file.apply(stream, at, () -> {
                insert(connection, stream, at.sequence());
                connection.commit();
            });
        } else {
            if (((TableSequenceMap) map).in(connection).applied(stream, at)) {
                insert(connection, stream, at.sequence());
            }
            connection.commit();
        }
    }

    /** Writes the row of a message and counts it as published by this node, without any message before it. */
    void publish(String stream, long sequence) throws SQLException, IOException {
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.withoutSyncs(connection);
            connection.setAutoCommit(false);
            insert(connection, stream, sequence);
            if (map instanceof TableSequenceMap table) {
                table.in(connection).published(stream, message(stream, sequence));
            }
            connection.commit();
        }
        if (map instanceof FileSequenceMap file) {
            file.published(stream, message(stream, sequence));
        }
    }

    private static void insert(Connection connection, String stream, long sequence) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO applied VALUES (?, ?)")) {
            row.setString(1, stream);
            row.setLong(2, sequence);
            row.executeUpdate();
        }
    }

    Positions positions() throws SQLException {
        if (map instanceof FileSequenceMap file) {
            return file.positions();
        }
        try (Connection connection = TestDatabase.open(database)) {
            return ((TableSequenceMap) map).in(connection).positions();
        }
    }

    Optional<StreamPosition> position(String stream) throws SQLException {
        return positions().of(stream);
    }

    /** Returns the sequences in the database in the order in which they were applied, with duplicates. */
    List<String> rows(String stream) throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            return TestDatabase.rows(
                    connection, "SELECT sequence FROM applied WHERE stream = '" + stream + "' ORDER BY rowid");
        }
    }

    @Override
    public void close() {
        map.close();
    }
}

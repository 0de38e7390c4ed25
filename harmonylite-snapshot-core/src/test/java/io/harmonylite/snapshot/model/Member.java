package io.harmonylite.snapshot.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.CaptureMethod;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.Seams;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.crash.WatchedConnection;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.MapFiles;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/** The process of a host: a database with a row for each message, and a map of either kind. Applies as a feed does. */
final class Member implements AutoCloseable {

    /** Where a member keeps its positions. */
    enum Kind {
        FILE,
        TABLE
    }

    final Path database;
    final Path mapFile;
    private final String name;
    private final Messages messages;
    private final Steps steps;
    private final ModelFiles files;
    private final SequenceMap map;

    /** Starts the process of a member. */
    Member(String name, Path directory, Kind kind, Messages messages, Steps steps, InstantSource volumeClock) {
        this.name = name;
        this.database = directory.resolve("orders.db");
        this.mapFile = directory.resolve("orders.seq-map");
        this.messages = messages;
        this.steps = steps;
        this.files = new ModelFiles(steps, volumeClock);
        this.map = kind == Kind.FILE ? MapFiles.open(mapFile, files) : TableSequenceMap.create();
    }

    SnapshotManager.Builder builder(SnapshotStore store, InstantSource clock) {
        return withoutMap(store, clock).sequenceMap(map).streams(SteppedStreams.of(messages.streams, steps));
    }

    SnapshotManager.Builder withoutMap(SnapshotStore store, InstantSource clock) {
        SnapshotManager.Builder builder = SnapshotManager.builder("orders", database, store)
                .node(name)
                .captureMethod(CaptureMethod.SQLITE)
                .publishTimeout(Duration.ZERO)
                .parallelism(1)
                .connectionCustomizer(TestDatabase::withoutSyncs)
                .clock(clock);
        return Seams.watched(builder, files, connection -> WatchedConnection.of(connection, steps::call));
    }

    private Connection open() throws SQLException {
        Connection connection = WatchedConnection.of(TestDatabase.open(database), steps::call);
        TestDatabase.withoutSyncs(connection);
        return connection;
    }

    void createTables() throws SQLException {
        try (Connection connection = open()) {
            createTables(connection);
        }
    }

    static void createTables(Connection connection) throws SQLException {
        TestDatabase.run(
                connection,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE IF NOT EXISTS applied (message TEXT PRIMARY KEY, text TEXT NOT NULL)");
    }

    /** Applies at most so many messages of a stream, unless a message is missing or the stream is another one. */
    void apply(String stream, int most) throws SQLException, IOException {
        StreamPosition position = positions().of(stream).orElse(StreamPosition.at(0));
        if (!isOfPresentStream(stream, position)) {
            return;
        }
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            long last = Math.min(
                    position.sequence() + most,
                    messages.streams.state(stream).orElseThrow().last());
            for (long sequence = position.sequence() + 1; sequence <= last; sequence++) {
                if (messages.streams.timestampAt(stream, sequence).isEmpty()) {
                    if (isCounted(connection, stream, sequence)) {
                        continue;
                    }
                    return;
                }
                apply(connection, stream, messages.at(stream, sequence));
            }
        }
    }

    /** Returns whether the position is beyond a message by now: this member published it, and those after it. */
    private boolean isCounted(Connection connection, String stream, long sequence) throws SQLException {
        return positions(connection).of(stream).orElse(StreamPosition.at(0)).sequence() >= sequence;
    }

    private boolean isOfPresentStream(String stream, StreamPosition position) throws IOException {
        return position.sequence() == 0
                || messages.streams.state(stream).orElseThrow().created().equals(position.streamCreated());
    }

    void catchUp() throws SQLException, IOException {
        for (String stream : Messages.STREAMS) {
            apply(stream, Integer.MAX_VALUE);
        }
    }

    private void apply(Connection connection, String stream, StreamPosition at) throws SQLException {
        if (map instanceof FileSequenceMap file) {
            file.apply(stream, at, () -> {
                insert(connection, stream, at);
                connection.commit();
            });
        } else {
            if (((TableSequenceMap) map).in(connection).applied(stream, at)) {
                insert(connection, stream, at);
            }
            connection.commit();
        }
    }

    /** Writes a row of this member, published at a position, and counts it. */
    void publish(String stream, StreamPosition at) throws SQLException {
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            insert(connection, stream, at);
            if (map instanceof TableSequenceMap table) {
                table.in(connection).published(stream, at);
            }
            connection.commit();
        }
        if (map instanceof FileSequenceMap file) {
            file.published(stream, at);
        }
    }

    private static void insert(Connection connection, String stream, StreamPosition at) throws SQLException {
        String message = Messages.name(stream, at);
        try (PreparedStatement row = connection.prepareStatement("INSERT OR REPLACE INTO applied VALUES (?, ?)")) {
            row.setString(1, message);
            row.setString(2, message.repeat(60));
            row.executeUpdate();
        }
    }

    Positions positions() throws SQLException {
        if (map instanceof FileSequenceMap file) {
            return file.positions();
        }
        try (Connection connection = open()) {
            return positions(connection);
        }
    }

    private Positions positions(Connection connection) throws SQLException {
        return map instanceof FileSequenceMap file
                ? file.positions()
                : ((TableSequenceMap) map).in(connection).positions();
    }

    Set<String> rows() throws SQLException {
        return Files.exists(database) ? rows(database) : Set.of();
    }

    /** Returns the messages in a database, each with its whole text. */
    static Set<String> rows(Path database) throws SQLException {
        Set<String> rows = new HashSet<>();
        try (Connection connection = TestDatabase.open(database)) {
            if (TestDatabase.rows(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'applied'")
                    .isEmpty()) {
                return rows;
            }
            for (String row : TestDatabase.rows(connection, "SELECT message, text FROM applied")) {
                String message = row.substring(1, row.indexOf('\'', 1));
                assertThat(row).isEqualTo("'" + message + "', '" + message.repeat(60) + "'");
                rows.add(message);
            }
        }
        return rows;
    }

    @Override
    public void close() {
        map.close();
    }
}

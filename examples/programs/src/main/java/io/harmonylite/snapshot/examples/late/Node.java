package io.harmonylite.snapshot.examples.late;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A node: a database with its positions, its snapshots, and a feed that applies each message exactly once. */
final class Node implements AutoCloseable {

    private final String name;
    private final SQLiteDataSource database;
    private final NatsStreams streams;
    private final TableSequenceMap positions = TableSequenceMap.create();
    private final SnapshotManager snapshots;
    private @Nullable NatsFeed feed;

    Node(String name, Path directory, NatsStreams streams, SnapshotStore store) {
        Path file = directory.resolve("changes.db");
        this.name = name;
        this.streams = streams;
        this.database = dataSource(file);
        this.snapshots = SnapshotManager.builder("changes", file, store)
                .node(name)
                .sequenceMap(positions)
                .streams(streams)
                .build();
    }

    private static SQLiteDataSource dataSource(Path file) {
        SQLiteConfig configuration = new SQLiteConfig();
        configuration.setJournalMode(SQLiteConfig.JournalMode.WAL);
        configuration.setBusyTimeout(10_000);
        SQLiteDataSource source = new SQLiteDataSource(configuration);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    String name() {
        return name;
    }

    /** Recovers, then opens the database, then starts the feed. */
    RecoveryReport start() throws SQLException {
        RecoveryReport report = snapshots.recover();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS change (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        }
        feed = NatsFeed.builder(streams, positions, database)
                .handler(this::apply)
                .onEnd(end -> {}) // This example polls the feed.
                .start();
        return report;
    }

    /** Commits change and position in one transaction. */
    private void apply(StreamMessage message) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            if (message.countIn(positions.in(connection))) {
                insert(connection, new String(message.data(), StandardCharsets.UTF_8));
            }
            connection.commit();
        }
    }

    private static void insert(Connection connection, String text) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO change (text) VALUES (?)")) {
            row.setString(1, text);
            row.executeUpdate();
        }
    }

    /** Takes a snapshot while the feed runs. */
    SnapshotInfo take() {
        return snapshots.take();
    }

    /** Waits until this number of changes is applied. */
    void await(int changes) throws Exception {
        while (count() < changes) {
            if (feed != null && feed.end().isPresent()) {
                throw new IllegalStateException(
                        "the feed of " + name + " stopped: " + feed.end().get());
            }
            Thread.sleep(5);
        }
    }

    long count() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM change")) {
            return row.getLong(1);
        }
    }

    /** Returns a digest of all changes in order. */
    String digest() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id || ' ' || text FROM change ORDER BY id")) {
            while (rows.next()) {
                digest.update(rows.getString(1).getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** Stops the feed. */
    void stop() {
        if (feed != null) {
            feed.close();
        }
    }

    @Override
    public void close() {
        stop();
        snapshots.close();
    }
}

package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.sqlite.SQLiteDataSource;

/** A database that a feed fills with one row for each message, and its map. Records the batches. */
final class BatchNode implements AutoCloseable {

    /** Where the positions are. */
    enum Kind {
        FILE,
        TABLE
    }

    private final Kind kind;
    private final SQLiteDataSource pool = new SQLiteDataSource();
    private final FileSequenceMap file;
    private final TableSequenceMap table = TableSequenceMap.create();
    private final List<List<StreamMessage>> batches = Collections.synchronizedList(new ArrayList<>());
    private volatile Step before = messages -> {};
    private volatile Step each = messages -> {};

    BatchNode(Path directory, Kind kind) throws SQLException {
        this.kind = kind;
        this.file = kind == Kind.FILE ? FileSequenceMap.open(directory.resolve("orders.seq-map")) : null;
        pool.setUrl("jdbc:sqlite:" + directory.resolve("orders.db") + "?journal_mode=WAL&synchronous=OFF&busy_timeout=0"
                + "&transaction_mode=IMMEDIATE");
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE applied (stream TEXT, sequence INTEGER, PRIMARY KEY (stream, sequence))");
        }
    }

    /** Sets a step before the transaction of each batch. */
    void beforeEachBatch(Step step) {
        before = step;
    }

    /** Sets a step before each row is written, with the message in a list of one. */
    void beforeEachRow(Step step) {
        each = step;
    }

    NatsFeed.Builder feed(NatsStreams streams) {
        NatsFeed.Builder builder =
                kind == Kind.FILE ? NatsFeed.builder(streams, file) : NatsFeed.builder(streams, table, pool);
        return builder.batchHandler(this::apply);
    }

    private void apply(List<StreamMessage> messages) throws Exception {
        batches.add(messages);
        before.run(messages);
        try (Connection connection = pool.getConnection();
                PreparedStatement row = connection.prepareStatement("INSERT INTO applied VALUES (?, ?)")) {
            connection.setAutoCommit(false);
            List<StreamMessage> left =
                    kind == Kind.FILE ? messages : table.in(connection).appliedAll(messages);
            for (StreamMessage message : left) {
                each.run(List.of(message));
                row.setString(1, message.stream());
                row.setLong(2, message.at().sequence());
                row.executeUpdate();
            }
            connection.commit();
        }
    }

    /** Counts an own publication, whose row is written elsewhere. */
    void published(String stream, StreamPosition at) throws SQLException {
        if (kind == Kind.FILE) {
            file.published(stream, at);
            return;
        }
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            table.in(connection).published(stream, at);
            connection.commit();
        }
    }

    /** Sets rows and positions of some streams back, as a restore does; only with a table map. */
    void setBack(Positions positions) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String stream : positions.byStream().keySet()) {
                long sequence = positions.byStream().get(stream).sequence();
                statement.executeUpdate(
                        "DELETE FROM applied WHERE stream = '" + stream + "' AND sequence > " + sequence);
                statement.executeUpdate("UPDATE __harmonylite__snapshot_positions SET time = NULL, sequence = "
                        + sequence + " WHERE stream = '" + stream + "'");
            }
            connection.commit();
        }
    }

    Positions positions() throws SQLException {
        if (kind == Kind.FILE) {
            return file.positions();
        }
        try (Connection connection = pool.getConnection()) {
            return table.in(connection).positions();
        }
    }

    long position(String stream) throws SQLException {
        return positions().of(stream).map(StreamPosition::sequence).orElse(0L);
    }

    /** Returns the batches that the handler received so far. */
    List<List<StreamMessage>> batches() {
        synchronized (batches) {
            return List.copyOf(batches);
        }
    }

    /** Returns the rows as "stream sequence", in the order in which they were written. */
    List<String> rows() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT stream, sequence FROM applied ORDER BY rowid")) {
            while (result.next()) {
                rows.add(result.getString(1) + " " + result.getLong(2));
            }
        }
        return rows;
    }

    /** Opens a connection; the caller closes it. */
    Connection connection() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }

    /** A step of a test inside the handler. */
    @FunctionalInterface
    interface Step {
        void run(List<StreamMessage> messages) throws Exception;
    }
}

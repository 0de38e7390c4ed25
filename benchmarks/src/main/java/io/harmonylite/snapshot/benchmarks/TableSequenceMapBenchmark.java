package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Transactions a second that insert one row, without and with a count in a table map, in WAL mode. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class TableSequenceMapBenchmark {

    /** SQLite's setting: NORMAL syncs no commit, FULL every one. */
    @Param({"NORMAL", "FULL"})
    private String synchronous = "FULL";

    private final TableSequenceMap map = TableSequenceMap.create();
    private final Path directory = BenchmarkFiles.createDirectory();
    private final Connection connection = BenchmarkFiles.connect(directory.resolve("orders.db"));
    private long sequence;

    /** Creates the database; JMH does. */
    public TableSequenceMapBenchmark() {}

    /** Creates the table. */
    @Setup
    public void prepare() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = " + synchronous);
            statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)");
        }
        connection.setAutoCommit(false);
    }

    /** Removes the database. */
    @TearDown
    public void close() throws IOException, SQLException {
        connection.close();
        Files.delete(directory.resolve("orders.db"));
        Files.delete(directory);
    }

    /** The row alone. */
    @Benchmark
    public void bareTransaction() throws SQLException {
        insert();
        connection.commit();
    }

    /** The count and the row. */
    @Benchmark
    public void countedTransaction() throws SQLException {
        if (map.in(connection).applied("orders-changes-1", StreamPosition.at(++sequence))) {
            insert();
        }
        connection.commit();
    }

    private void insert() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders (what) VALUES (?)")) {
            insert.setString(1, "tea");
            insert.executeUpdate();
        }
    }
}

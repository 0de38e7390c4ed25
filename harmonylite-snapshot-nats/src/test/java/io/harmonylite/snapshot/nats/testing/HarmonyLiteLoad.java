package io.harmonylite.snapshot.nats.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.NatsStreams;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sqlite.SQLiteDataSource;

/**
 * Writes rows on a HarmonyLite node: inserts, updates and deletes in two tables, 100 transactions a second. Not
 * thread-safe.
 */
public final class HarmonyLiteLoad {

    /** Names of the tables. */
    public static final List<String> TABLES = List.of("orders", "notes");

    private final Path database;
    private final Random random;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private long last;
    private Thread thread;

    /** Creates a load on a database; the seed repeats it. */
    public HarmonyLiteLoad(Path database, long seed) {
        this.database = database;
        random = new Random(seed);
        System.err.println("HarmonyLiteLoad: seed " + seed);
    }

    /** Creates the tables of a node. */
    public static void createTables(Path database) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, amount INTEGER)");
            statement.execute("CREATE TABLE notes (code TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID");
        }
    }

    /** Writes rows in one transaction. */
    public void fill(int rows) throws SQLException {
        try (Connection connection = open(database)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < rows; i++) {
                write(connection);
            }
            connection.commit();
        }
    }

    /** Writes rows until every stream drops messages, and waits until another node has applied them all. */
    public void fill(NatsStreams streams, int rows, HarmonyLiteProgram reader) throws Exception {
        fill(rows);
        for (String stream : streams.names()) {
            while (streams.state(stream).orElseThrow().first() == 1) {
                fill(20);
                Thread.sleep(100);
            }
        }
        mark("full");
        while (!isIn(reader.database(), "full") || !reader.positions().equals(ends(streams))) {
            Thread.sleep(50);
        }
    }

    private static Map<String, Long> ends(NatsStreams streams) throws IOException {
        Map<String, Long> ends = new TreeMap<>();
        for (String stream : streams.names()) {
            ends.put(stream, streams.state(stream).orElseThrow().last());
        }
        return ends;
    }

    /** Writes rows until {@link #stop}. */
    public void start() {
        thread = new Thread(() -> {
            try (Connection connection = open(database)) {
                while (running.get()) {
                    write(connection);
                    Thread.sleep(10);
                }
            } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
    }

    /** Ends the load. */
    public void stop() throws InterruptedException {
        running.set(false);
        thread.join();
    }

    /** Writes a row that {@link #isIn} finds. A node that has published it has published all earlier rows. */
    public void mark(String name) throws SQLException {
        try (Connection connection = open(database);
                PreparedStatement row = connection.prepareStatement("INSERT INTO notes VALUES (?, x'')")) {
            row.setString(1, name);
            row.executeUpdate();
        }
    }

    /** Returns whether a marked row is in a database. */
    public static boolean isIn(Path other, String mark) throws SQLException {
        return rows(other, "notes").stream().anyMatch(row -> row.startsWith("'" + mark + "'|"));
    }

    /** Waits until two databases have the same rows, because nodes apply the shards one by one. */
    public static void requireEqual(Path joined, Path reader) throws SQLException, InterruptedException {
        for (String table : TABLES) {
            for (int wait = 0; wait < 200 && !rows(joined, table).equals(rows(reader, table)); wait++) {
                Thread.sleep(50);
            }
            assertThat(rows(joined, table)).as(table).isEqualTo(rows(reader, table));
        }
    }

    /** Returns the rows of a table as text, ordered. */
    public static List<String> rows(Path database, String table) throws SQLException {
        String columns = table.equals("orders")
                ? "quote(id) || '|' || quote(customer) || '|' || quote(amount)"
                : "quote(code) || '|' || quote(body)";
        List<String> rows = new ArrayList<>();
        try (Connection connection = open(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT " + columns + " FROM " + table + " ORDER BY 1")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    private void write(Connection connection) throws SQLException {
        last++;
        long key = random.nextInt(3) == 0 ? 1 + (long) (random.nextDouble() * last) : last;
        String sql = random.nextInt(8) == 0
                ? "DELETE FROM orders WHERE id = ?1 AND 0 < ?2"
                : random.nextInt(4) == 0
                        ? "INSERT OR REPLACE INTO notes VALUES ('n' || ?1, CAST(?2 AS TEXT))"
                        : "INSERT OR REPLACE INTO orders VALUES (?1, 'c' || ?2, ?2)";
        try (PreparedStatement row = connection.prepareStatement(sql)) {
            row.setLong(1, key);
            row.setLong(2, last);
            row.executeUpdate();
        }
    }

    private static Connection open(Path database) throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database);
        source.setBusyTimeout(30_000);
        return source.getConnection();
    }
}

package io.harmonylite.snapshot.benchmarks.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A database whose content depends on nothing but its size: orders with text that compresses, blobs that do not, keys in
 * random order, an index over them, and a change log and trigger as the original adds them.
 */
final class SampleDatabase {

    private static final long SEED = 20261124;
    private static final int BYTES_PER_ROW = 1500;
    private static final int BLOB_BYTES = 600;
    private static final String[] WORDS = {
        "order",
        "customer",
        "delivered",
        "street",
        "invoice",
        "pending",
        "the",
        "of",
        "blue",
        "metal",
        "paper",
        "urgent"
    };

    private final SplittableRandom random = new SplittableRandom(SEED);

    private SampleDatabase() {}

    static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Creates a database of about {@code mebibytes}, in WAL mode. */
    static void create(Path file, int mebibytes) throws SQLException {
        try (Connection connection = open(file)) {
            execute(
                    connection,
                    "PRAGMA journal_mode = OFF",
                    "PRAGMA synchronous = OFF",
                    "CREATE TABLE orders (id TEXT PRIMARY KEY, customer INTEGER, note TEXT, attachment BLOB)",
                    "CREATE INDEX orders_by_customer ON orders (customer)",
                    "CREATE TABLE __harmonylite__orders_change_log (id INTEGER PRIMARY KEY, val_id TEXT, type TEXT)",
                    "CREATE TABLE touched (id INTEGER PRIMARY KEY, value TEXT)");
            new SampleDatabase().fill(connection, (mebibytes * (1L << 20)) / BYTES_PER_ROW);
            execute(
                    connection,
                    "CREATE TRIGGER __harmonylite__orders_change_log_on_insert AFTER INSERT ON orders BEGIN"
                            + " INSERT INTO __harmonylite__orders_change_log (val_id, type) VALUES (NEW.id, 'insert');"
                            + " END",
                    "PRAGMA journal_mode = WAL");
        }
    }

    private void fill(Connection connection, long rows) throws SQLException {
        connection.setAutoCommit(false);
        String insert = "INSERT INTO orders VALUES (?, ?, ?, ?)";
        String log = "INSERT INTO __harmonylite__orders_change_log (val_id, type) VALUES (?, 'insert')";
        try (PreparedStatement order = connection.prepareStatement(insert);
                PreparedStatement change = connection.prepareStatement(log)) {
            for (long row = 0; row < rows; row++) {
                String id = String.format(Locale.ROOT, "%016x", random.nextLong());
                order.setString(1, id);
                order.setInt(2, random.nextInt(10_000));
                order.setString(3, text());
                order.setBytes(4, blob());
                order.executeUpdate();
                if (row % 20 == 0) {
                    change.setString(1, id);
                    change.executeUpdate();
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        while (text.length() < 700) {
            text.append(WORDS[random.nextInt(WORDS.length)])
                    .append(' ')
                    .append(random.nextInt(100))
                    .append(' ');
        }
        return text.toString();
    }

    private byte[] blob() {
        byte[] blob = new byte[BLOB_BYTES];
        random.nextBytes(blob);
        return blob;
    }
}

package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A database whose rows exchange UNIQUE values at random, and the messages that a HarmonyLite node would publish about
 * it: by triggers, so that a replace removes rows without a message, and to the shard that HarmonyLite chooses.
 */
final class UniqueOrigin implements AutoCloseable {

    static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

    private static final int SQLITE_CONSTRAINT = 19;
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final String PEOPLE = "person";
    private static final String SEATS = "seat";
    private static final List<String> TABLES = List.of(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, mail TEXT UNIQUE, badge INTEGER, name TEXT)",
            "CREATE UNIQUE INDEX person_by_badge ON person (badge, name)",
            "CREATE TABLE seat (room TEXT, nr INTEGER, guest TEXT UNIQUE, PRIMARY KEY (nr, room)) WITHOUT ROWID");

    private final Connection connection;
    private final Random random;
    private final int shards;
    private final List<StreamMessage> messages = new ArrayList<>();
    private final Set<String> removedSilently = new TreeSet<>();
    private final Map<String, Long> sequences = new TreeMap<>();

    UniqueOrigin(Random random, int shards) throws SQLException {
        this.random = random;
        this.shards = shards;
        this.connection = replica(Map.of());
        TestDatabase.run(connection, "CREATE TABLE log (table_name, type, a, b, c, d)");
        for (String type : List.of("insert", "update", "delete")) {
            String row = type.equals("delete") ? "OLD" : "NEW";
            log(type, PEOPLE, row + ".id, " + row + ".mail, " + row + ".badge, " + row + ".name");
            log(type, SEATS, row + ".room, " + row + ".nr, " + row + ".guest, NULL");
        }
    }

    private void log(String type, String table, String values) throws SQLException {
        TestDatabase.run(
                connection,
                "CREATE TRIGGER " + table + "_" + type + " AFTER " + type + " ON " + table
                        + " BEGIN INSERT INTO log VALUES ('" + table + "', '" + type + "', " + values + "); END");
    }

    /** Creates a database in memory with the tables and some rows. */
    static Connection replica(Map<String, String> rows) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        TestDatabase.run(connection, TABLES.toArray(String[]::new));
        for (Map.Entry<String, String> row : rows.entrySet()) {
            String table = row.getKey().substring(0, row.getKey().indexOf(' '));
            TestDatabase.run(connection, "INSERT INTO " + table + " VALUES (" + row.getValue() + ")");
        }
        return connection;
    }

    /** Returns the rows of a database by table and key, each as SQL. */
    static Map<String, String> rows(Connection connection) throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT id, quote(id), quote(mail), quote(badge), quote(name) FROM " + PEOPLE)) {
                while (row.next()) {
                    rows.put(
                            "person \"id\" IS " + row.getString(1),
                            row.getString(2) + ", " + row.getString(3) + ", " + row.getString(4) + ", "
                                    + row.getString(5));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT quote(room), quote(nr), quote(guest) FROM " + SEATS)) {
                while (row.next()) {
                    rows.put(
                            "seat \"room\" IS " + row.getString(1) + " AND \"nr\" IS " + row.getString(2),
                            row.getString(1) + ", " + row.getString(2) + ", " + row.getString(3));
                }
            }
        }
        return rows;
    }

    Map<String, String> rows() throws SQLException {
        return rows(connection);
    }

    List<StreamMessage> messages() {
        return messages;
    }

    /** Returns the keys of rows that a replace has removed at some time. */
    Set<String> removedSilently() {
        return removedSilently;
    }

    /** Runs a random transaction, and publishes its changes. */
    void transaction() throws SQLException {
        TestDatabase.run(connection, "BEGIN");
        for (int statements = 1 + random.nextInt(4); statements > 0; statements--) {
            change();
        }
        TestDatabase.run(connection, "COMMIT");
        publish();
    }

    private void change() throws SQLException {
        switch (random.nextInt(8)) {
            case 0 -> run("DELETE FROM person WHERE id = " + id());
            case 1 -> run("DELETE FROM seat WHERE " + seat());
            case 2 -> run("INSERT" + or() + " INTO person VALUES (" + id() + ", " + mail() + ", " + badge() + ")");
            case 3 ->
                run("INSERT" + or() + " INTO seat VALUES ('" + room().replace("'", "''") + "', " + nr() + ", " + mail()
                        + ")");
            case 4 -> run("UPDATE" + or() + " person SET mail = " + mail() + " WHERE id = " + id());
            case 5 -> run("UPDATE" + or() + " person SET (badge, name) = (" + badge() + ") WHERE id = " + id());
            case 6 -> move();
            default -> run("UPDATE" + or() + " seat SET guest = " + mail() + " WHERE " + seat());
        }
    }

    /** Moves a value to another row, and the other row's value on: to the first row, to a third one, or nowhere. */
    private void move() throws SQLException {
        int from = id();
        int to = id();
        String one = TestDatabase.value(connection, "SELECT max(mail) FROM person WHERE id = " + from);
        String other = TestDatabase.value(connection, "SELECT max(mail) FROM person WHERE id = " + to);
        run("UPDATE person SET mail = NULL WHERE id IN (" + from + ", " + to + ")");
        run("UPDATE person SET mail = " + one + " WHERE id = " + to);
        run("UPDATE person SET mail = " + other + " WHERE id = " + (random.nextBoolean() ? from : id()));
    }

    private void run(String sql) throws SQLException {
        Map<String, String> before = sql.contains("OR REPLACE") ? rows() : Map.of();
        try {
            TestDatabase.run(connection, sql);
        } catch (SQLException e) {
            if (e.getErrorCode() != SQLITE_CONSTRAINT) {
                throw e;
            }
        }
        if (!before.isEmpty()) {
            before.keySet().removeAll(rows().keySet());
            removedSilently.addAll(before.keySet());
        }
    }

    private int id() {
        return 1 + random.nextInt(5);
    }

    private String room() {
        return random.nextBoolean() ? "a" : "b'";
    }

    private int nr() {
        return random.nextInt(3);
    }

    private String seat() {
        return "room = '" + room().replace("'", "''") + "' AND nr = " + nr();
    }

    private String mail() {
        int mail = random.nextInt(5);
        return mail == 0 ? "NULL" : "'m" + mail + "'";
    }

    private String badge() {
        return (random.nextInt(4) == 0 ? "NULL" : random.nextInt(2)) + ", 'n" + random.nextInt(2) + "'";
    }

    private String or() {
        return random.nextInt(3) == 0 ? " OR REPLACE" : "";
    }

    private void publish() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM log ORDER BY rowid")) {
            while (row.next()) {
                @Nullable
                Object[] values = row.getString(1).equals(PEOPLE)
                        ? new Object[] {
                            "id",
                            row.getLong(3),
                            "mail",
                            row.getString(4),
                            "badge",
                            row.getObject(5),
                            "name",
                            row.getString(6)
                        }
                        : new Object[] {"room", row.getString(3), "nr", row.getLong(4), "guest", row.getString(5)};
                publish(row.getString(2), row.getString(1), values);
            }
        }
        TestDatabase.run(connection, "DELETE FROM log");
    }

    private void publish(String type, String table, @Nullable Object[] values) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        key.write(0x9f);
        text(key, table);
        if (table.equals(PEOPLE)) {
            pair(key, "id", values[1]);
        } else {
            pair(key, "nr", values[3]);
            pair(key, "room", values[1]);
        }
        key.write(0xff);
        String stream = "changes-" + (Long.remainderUnsigned(fnv1(key.toByteArray()), shards) + 1);
        long sequence = sequences.merge(stream, 1L, Long::sum);
        StreamPosition at = new StreamPosition(sequence, time(messages.size()), null);
        messages.add(StreamMessage.of(stream, at, Messages.change(type, table, values)));
    }

    static Instant time(int message) {
        return START.plusMillis(message + 1);
    }

    private static void pair(ByteArrayOutputStream out, String column, @Nullable Object value) {
        out.write(0x82);
        text(out, column);
        if (value instanceof Long number) {
            out.write(number.intValue()); // All are below 24.
        } else {
            text(out, String.valueOf(value));
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(0x60 | bytes.length);
        out.writeBytes(bytes);
    }

    private static long fnv1(byte[] bytes) {
        long hash = OFFSET_BASIS;
        for (byte next : bytes) {
            hash = hash * PRIME ^ (next & 0xff);
        }
        return hash;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

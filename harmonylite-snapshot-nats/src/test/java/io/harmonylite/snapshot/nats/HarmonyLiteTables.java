package io.harmonylite.snapshot.nats;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Tables of each kind that HarmonyLite replicates, random changes of them, and their comparison by key and value. */
final class HarmonyLiteTables {

    private static final int LONGEST_SHOWN = 100;

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE ti (id INTEGER PRIMARY KEY, v TEXT, n INTEGER)",
            "CREATE TABLE tt (k TEXT PRIMARY KEY, v TEXT)",
            "CREATE TABLE tc (a INTEGER, b TEXT, v TEXT, PRIMARY KEY (a, b))",
            "CREATE TABLE tw (k TEXT PRIMARY KEY, v INTEGER) WITHOUT ROWID",
            "CREATE TABLE tb (id INTEGER PRIMARY KEY, b BLOB, r REAL)",
            "CREATE TABLE tu (id INTEGER PRIMARY KEY, email TEXT UNIQUE, v TEXT)",
            "CREATE TABLE td (id INTEGER PRIMARY KEY, d DATE, t DATETIME, flag BOOLEAN)",
            "CREATE TABLE tk (name TEXT, v INTEGER)");

    /** Columns that identify a row. */
    private static final Map<String, String> KEYS = new TreeMap<>(
            Map.of("ti", "id", "tt", "k", "tc", "a, b", "tw", "k", "tb", "id", "tu", "id", "td", "id", "tk", "rowid"));

    private HarmonyLiteTables() {}

    /** Creates the empty tables. */
    static void create(Path database) throws SQLException {
        run(database, "PRAGMA journal_mode = WAL");
        run(database, SCHEMA.toArray(String[]::new));
    }

    static Connection open(Path database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + database + "?busy_timeout=30000&transaction_mode=IMMEDIATE");
    }

    /** Runs statements in one transaction. */
    static void run(Path database, String... statements) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            boolean isPragma = statements.length == 1 && statements[0].startsWith("PRAGMA");
            connection.setAutoCommit(isPragma);
            for (String sql : statements) {
                statement.execute(sql);
            }
            if (!isPragma) {
                connection.commit();
            }
        }
    }

    /** Returns the first column of a query. */
    static List<String> query(Path database, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = open(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** Returns the rows of all tables with their keys, as SQL literals. */
    static List<String> rows(Path database) throws SQLException {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, String> table : KEYS.entrySet()) {
            if (query(database, "SELECT name FROM sqlite_schema WHERE name = '" + table.getKey() + "'")
                    .isEmpty()) {
                continue;
            }
            String quoted = "SELECT group_concat('quote(' || name || ')', '||'',''||') FROM pragma_table_info('"
                    + table.getKey() + "')";
            String key = table.getValue().equals("rowid") ? "rowid || ': ' || " : "";
            all.addAll(query(
                    database,
                    "SELECT '" + table.getKey() + " ' || " + key
                            + query(database, quoted).get(0) + " FROM " + table.getKey() + " ORDER BY "
                            + table.getValue()));
        }
        return all;
    }

    /** Returns the rows that only one side has, shortened: {@code -} if they are missing, {@code +} if not expected. */
    static List<String> differences(List<String> expected, List<String> actual) {
        Set<String> wanted = new TreeSet<>(expected);
        Set<String> found = new TreeSet<>(actual);
        return Stream.concat(
                        expected.stream().filter(row -> !found.contains(row)).map(row -> "- " + row),
                        actual.stream().filter(row -> !wanted.contains(row)).map(row -> "+ " + row))
                .map(row -> row.substring(0, Math.min(row.length(), LONGEST_SHOWN)))
                .toList();
    }

    /** Random changes with keys of one range, in transactions of one or several statements. */
    static final class Load {

        private final Random random;
        private final boolean movesUnique;
        private int last;

        /**
         * Creates changes.
         *
         * @param movesUnique whether a UNIQUE value moves from one row to another
         */
        Load(long seed, boolean movesUnique) {
            this.random = new Random(seed);
            this.movesUnique = movesUnique;
        }

        /** Commits one transaction. */
        void commit(Path database) throws SQLException {
            List<String> statements = new ArrayList<>();
            for (int left = random.nextInt(5) == 0 ? 2 + random.nextInt(15) : 1; left > 0; left--) {
                statements.addAll(next());
            }
            run(database, statements.toArray(String[]::new));
        }

        private List<String> next() {
            last++;
            int old = 1 + random.nextInt(last);
            int table = random.nextInt(8);
            int kind = random.nextInt(20);
            return kind < 11 ? List.of(insert(table)) : kind < 17 ? List.of(update(table, old)) : remove(table, old);
        }

        private String insert(int table) {
            int i = last;
            return switch (table) {
                case 0 ->
                    "INSERT INTO ti VALUES (" + i + ", 'wört " + i + "', "
                            + (random.nextBoolean() ? "NULL" : Integer.toString(-i)) + ")";
                case 1 -> "INSERT INTO tt VALUES ('k" + i + "', " + (random.nextBoolean() ? "NULL" : "'q''\"%'") + ")";
                case 2 -> "INSERT INTO tc VALUES (" + i + ", 'b" + i % 7 + "', 'v')";
                case 3 -> "INSERT INTO tw VALUES ('w" + i + "', " + i + ")";
                case 4 ->
                    "INSERT INTO tb VALUES (" + i + ", randomblob(" + random.nextInt(2000) + "), "
                            + String.format(Locale.ROOT, "%e", random.nextDouble() * 1e9) + ")";
                case 5 -> "INSERT INTO tu VALUES (" + i + ", 'm" + i + "@x', 'v')";
                case 6 ->
                    "INSERT INTO td VALUES (" + i + ", '2024-05-1" + i % 10 + "', '2024-01-02 12:34:5" + i % 10 + "', "
                            + i % 2 + ")";
                default -> "INSERT INTO tk VALUES ('n" + i + "', " + i + ")";
            };
        }

        private String update(int table, int old) {
            int i = last;
            return switch (table) {
                case 0 -> "UPDATE ti SET v = 'u" + i + "', n = " + i + " WHERE id = " + old;
                case 1 -> "UPDATE tt SET v = 'u" + i + "' WHERE k = 'k" + old + "'";
                case 2 -> "UPDATE tc SET v = 'u" + i + "' WHERE a = " + old;
                case 3 -> "UPDATE tw SET v = " + i + " WHERE k = 'w" + old + "'";
                case 4 -> "UPDATE tb SET b = randomblob(50), r = r * 2 WHERE id = " + old;
                case 5 -> "UPDATE tu SET v = 'u" + i + "' WHERE id = " + old;
                case 6 -> "UPDATE td SET flag = 1 - flag WHERE id = " + old;
                default -> "UPDATE tk SET v = " + i + " WHERE name = 'n" + old + "'";
            };
        }

        private List<String> remove(int table, int old) {
            return switch (table) {
                case 0 -> List.of("DELETE FROM ti WHERE id = " + old);
                case 1 -> List.of("DELETE FROM tt WHERE k = 'k" + old + "'");
                case 2 -> List.of("DELETE FROM tc WHERE a = " + old);
                case 3 -> List.of("DELETE FROM tw WHERE k = 'w" + old + "'");
                case 4 -> List.of("DELETE FROM tb WHERE id = " + old);
                case 5 ->
                    movesUnique
                            ? List.of(
                                    "DELETE FROM tu WHERE id = " + old,
                                    "INSERT OR IGNORE INTO tu VALUES (" + last + ", 'm" + old + "@x', 'moved')")
                            : List.of("DELETE FROM tu WHERE id = " + old);
                case 6 -> List.of("DELETE FROM td WHERE id = " + old);
                default -> List.of("DELETE FROM tk WHERE name = 'n" + old + "'");
            };
        }
    }
}

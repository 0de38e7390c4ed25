package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows that violate foreign keys. Compares as SQLite does, with affinity and collation of the parent's
 * columns, but reads indexes in their order: {@code PRAGMA foreign_key_check} takes ten times as long.
 *
 * @see <a href="https://www.sqlite.org/foreignkeys.html">SQLite foreign key support</a>
 */
final class ForeignKeyCheck {

    private static final String KEYS = "SELECT t.name, f.id, f.\"table\", f.\"from\", p.name, coalesce(f.\"to\","
            + " (SELECT k.name FROM pragma_table_info(p.name, 'main') k WHERE k.pk = f.seq + 1))"
            + " FROM main.sqlite_schema t, pragma_foreign_key_list(t.name, 'main') f"
            + " LEFT JOIN main.sqlite_schema p"
            + " ON p.type = 'table' AND p.rootpage > 0 AND p.name = f.\"table\" COLLATE NOCASE"
            + " WHERE t.type = 'table' AND t.rootpage > 0 ORDER BY t.name, f.id, f.seq";

    private ForeignKeyCheck() {}

    /** Returns the number of violating rows for each violated foreign key. */
    static Map<String, Long> run(Connection connection) throws SQLException {
        Map<String, Long> violated = new LinkedHashMap<>();
        for (Key key : keys(connection)) {
            long rows = key.violations(connection);
            if (rows > 0) {
                violated.put("foreign key violated: " + key, rows);
            }
        }
        return violated;
    }

    private static List<Key> keys(Connection connection) throws SQLException {
        Map<List<String>, Key> keys = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(KEYS)) {
            while (rows.next()) {
                String child = rows.getString(1);
                String parent = rows.getString(3);
                boolean isDangling = rows.getString(5) == null;
                keys.computeIfAbsent(
                                List.of(child, rows.getString(2)),
                                id -> new Key(child, parent, isDangling, new ArrayList<>(), new ArrayList<>()))
                        .add(rows.getString(4), rows.getString(6));
            }
        }
        return List.copyOf(keys.values());
    }

    /** A foreign key. Mutable until all its columns are known; {@code isDangling} if its parent does not exist. */
    private record Key(String child, String parent, boolean isDangling, List<String> from, List<String> to) {

        void add(String column, @Nullable String parentColumn) {
            from.add(column);
            to.add(String.valueOf(parentColumn));
        }

        long violations(Connection connection) throws SQLException {
            try { // EXPLAIN rejects a key without a unique index of the parent, which the query below needs.
                Sql.execute(connection, "EXPLAIN PRAGMA main.foreign_key_check(" + Sql.quote(child) + ")");
                return Sql.number(connection, query());
            } catch (SQLException e) {
                SqliteFailures.requireStatementError(e);
                return 0; // Not a key that SQLite could enforce.
            }
        }

        private String query() {
            StringBuilder given = new StringBuilder("1");
            StringBuilder equal = new StringBuilder("1");
            for (int i = 0; i < from.size(); i++) {
                String column = "c." + Sql.quote(from.get(i));
                given.append(" AND ").append(column).append(" IS NOT NULL");
                // The plus removes the column's own affinity, so that the parent's applies.
                equal.append(" AND p.")
                        .append(Sql.quote(to.get(i)))
                        .append(" = +")
                        .append(column);
            }
            String rows = "SELECT count(*) FROM main." + Sql.quote(child) + " c WHERE " + given;
            return isDangling
                    ? rows
                    : rows + " AND NOT EXISTS (SELECT 1 FROM main." + Sql.quote(parent) + " p WHERE " + equal + ")";
        }

        @Override
        public String toString() {
            return from.stream().map(column -> child + "." + column).collect(Collectors.joining(", ")) + " in "
                    + parent;
        }
    }
}

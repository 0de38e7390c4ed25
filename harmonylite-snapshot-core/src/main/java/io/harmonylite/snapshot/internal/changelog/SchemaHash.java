package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.format.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * HarmonyLite's hash of a schema: SHA-256 over the name and the columns of each table, in byte order of the names,
 * {@code name|column:type:notnull:key|…\n}. A column without a declared type counts as {@code *schema.BinaryType}.
 *
 * <p>HarmonyLite hashes all replicated tables of the writer. A database may have tables that the writer lacks, so
 * another hash matches if it is that of some of the tables. The search is limited to {@value #MAX_SUBSETS} selections:
 * any number of missing tables among 16, two among 300. Thread-safe.
 */
public final class SchemaHash {

    private static final int MAX_SUBSETS = 1 << 16;
    private static final Comparator<String> BYTES = (one, other) -> Arrays.compareUnsigned(utf8(one), utf8(other));
    private static final String COLUMNS = "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?, 'main')";
    private static final String NO_TYPE = "*schema.BinaryType";

    private final List<Table> tables;
    private final Map<String, Optional<String>> compared = new ConcurrentHashMap<>();

    private SchemaHash(List<Table> tables) {
        this.tables = tables;
    }

    /** Computes the hash of some tables of a database. */
    static SchemaHash of(Connection connection, Collection<String> names) throws SQLException {
        List<Table> tables = new ArrayList<>();
        for (String name : names.stream().sorted(BYTES).toList()) {
            tables.add(table(connection, name));
        }
        return new SchemaHash(tables);
    }

    private static Table table(Connection connection, String name) throws SQLException {
        TreeMap<String, String> columns = new TreeMap<>(BYTES);
        try (PreparedStatement select = connection.prepareStatement(COLUMNS)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String type = row.getString(2).isEmpty() ? NO_TYPE : row.getString(2);
                    String column = row.getString(1);
                    columns.put(
                            column, "|" + column + ":" + type + ":" + row.getBoolean(3) + ":" + (row.getInt(4) > 0));
                }
            }
        }
        return new Table(name, columns);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the hash of all tables, in lower-case hex. */
    public String hex() {
        return of(tables.stream().map(Table::description).toList());
    }

    private static String of(List<String> descriptions) {
        MessageDigest sha256 = Digest.sha256();
        descriptions.forEach(description -> sha256.update(utf8(description)));
        return Digest.finish(sha256).hex();
    }

    /**
     * Returns which side lacks what in comparison with a writer's hash. Tables that only this database has make no
     * difference.
     */
    public Optional<String> differs(String writer) {
        return compared.computeIfAbsent(writer, this::compare);
    }

    private Optional<String> compare(String writer) {
        List<String> descriptions = tables.stream().map(Table::description).toList();
        if (new Search(writer, descriptions).matches(new ArrayList<>(), 0, mostMissing(descriptions.size()))) {
            return Optional.empty();
        }
        for (int i = 0; i < tables.size(); i++) {
            for (String column : tables.get(i).columns.keySet()) {
                List<String> less = new ArrayList<>(descriptions);
                less.set(i, tables.get(i).descriptionWithout(column));
                if (of(less).equals(writer)) {
                    return Optional.of("the writer lacks column " + column + " of table " + tables.get(i).name);
                }
            }
        }
        return Optional.of(
                "the writer has a table or column that this database lacks, or one that this database declares"
                        + " with another type, NOT NULL or key (its schema hash is " + writer + ", this database's is "
                        + hex()
                        + ")");
    }

    /** Returns how many tables may be missing, so that the number of selections is limited. */
    private static int mostMissing(int tables) {
        double selections = 1;
        double all = 1;
        for (int missing = 1; missing <= tables; missing++) {
            selections = selections * (tables - missing + 1) / missing;
            all += selections;
            if (all > MAX_SUBSETS) {
                return missing - 1;
            }
        }
        return tables;
    }

    private record Table(String name, TreeMap<String, String> columns) {

        String description() {
            return name + String.join("", columns.values()) + "\n";
        }

        String descriptionWithout(String column) {
            TreeMap<String, String> others = new TreeMap<>(columns);
            others.remove(column);
            return name + String.join("", others.values()) + "\n";
        }
    }

    /** A search for the tables that the writer has. */
    private record Search(String writer, List<String> all) {

        boolean matches(List<String> chosen, int next, int mayMiss) {
            if (next == all.size()) {
                return of(chosen).equals(writer);
            }
            chosen.add(all.get(next));
            boolean found = matches(chosen, next + 1, mayMiss);
            chosen.remove(chosen.size() - 1);
            return found || (mayMiss > 0 && matches(chosen, next + 1, mayMiss - 1));
        }
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.SchemaObject;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a database that HarmonyLite replicates, and HarmonyLite's hash of their schema. Immutable.
 *
 * <p>HarmonyLite selects tables by {@code LIKE}, in which {@code _} matches any character. It therefore skips user
 * tables whose names only resemble its own (faults D14, D15).
 *
 * <p>The hash is SHA-256 over the name and the columns of each table, in byte order of the names:
 * {@code name|column:type:notnull:key|…\n}. A column without a declared type counts as {@code *schema.BinaryType}.
 *
 * @param text the whole schema as SQL, to detect changes: two files may have the same schema version in SQLite
 * @param tables replicated tables by name
 * @param hash the hash as HarmonyLite computes it, in lower-case hex
 * @param silenced whether the database has HarmonyLite's own triggers, which must not fire
 */
public record ReplicatedSchema(String text, SortedMap<String, RowTable> tables, String hash, boolean silenced) {

    private static final Comparator<String> BYTES = (one, other) -> Arrays.compareUnsigned(utf8(one), utf8(other));
    private static final String TEXT = "SELECT group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10))"
            + " FROM main.sqlite_schema";
    private static final String REPLICATED = "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
            + " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__harmonylite__%'";
    private static final String COLUMNS = "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?, 'main')";
    private static final String NO_TYPE = "*schema.BinaryType";

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the schema, or returns {@code known} if the schema is still the same. */
    public static ReplicatedSchema of(Connection connection, @Nullable ReplicatedSchema known) throws SQLException {
        String text = String.valueOf(Sql.text(connection, TEXT));
        return known != null && known.text.equals(text) ? known : read(connection, text);
    }

    private static ReplicatedSchema read(Connection connection, String text) throws SQLException {
        SortedMap<String, RowTable> tables = new TreeMap<>(BYTES);
        MessageDigest sha256 = Digest.sha256();
        List<String> names = Sql.texts(connection, REPLICATED);
        for (String name : names.stream().sorted(BYTES).toList()) {
            if (!ReservedNames.isReserved(name)) {
                tables.put(name, RowTable.of(connection, name));
                sha256.update(utf8(description(connection, name)));
            }
        }
        return new ReplicatedSchema(text, tables, Digest.finish(sha256).hex(), hasTriggers(connection));
    }

    private static String description(Connection connection, String table) throws SQLException {
        TreeMap<String, String> columns = new TreeMap<>(BYTES);
        try (PreparedStatement select = connection.prepareStatement(COLUMNS)) {
            select.setString(1, table);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String type = row.getString(2).isEmpty() ? NO_TYPE : row.getString(2);
                    String column = row.getString(1);
                    columns.put(
                            column, "|" + column + ":" + type + ":" + row.getBoolean(3) + ":" + (row.getInt(4) > 0));
                }
            }
        }
        return table + String.join("", columns.values()) + "\n";
    }

    private static boolean hasTriggers(Connection connection) throws SQLException {
        for (SchemaObject object : SchemaObject.all(connection)) {
            if (object.isTrigger() && object.name().startsWith(ReservedNames.HARMONYLITE)) {
                return true;
            }
        }
        return false;
    }

    /** Runs work while HarmonyLite's triggers, if there are any, do not fire. */
    public <T> T silently(Connection connection, LiveDatabase.Query<T> work) throws SQLException {
        return silenced ? SilentTriggers.during(connection, work) : work.run(connection);
    }
}

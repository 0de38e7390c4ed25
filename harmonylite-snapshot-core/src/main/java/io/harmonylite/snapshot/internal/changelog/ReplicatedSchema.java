package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.SchemaObject;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a database that HarmonyLite replicates, and HarmonyLite's hash of their schema. HarmonyLite selects
 * tables by {@code LIKE}, in which {@code _} matches any character. It therefore skips user tables whose names only
 * resemble its own (faults D14, D15). The whole schema shows changes, because two files may have the same schema
 * version in SQLite. Immutable.
 */
public record ReplicatedSchema(
        String text,
        SortedMap<String, RowTable> tables,
        SchemaHash hash,
        boolean silenced,
        Set<String> unique,
        Set<String> parents) {

    private static final String TEXT = "SELECT group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10))"
            + " FROM main.sqlite_schema";
    private static final String REPLICATED = "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
            + " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__harmonylite__%'";

    private static final String REAL = " WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND ";
    private static final String UNIQUE = "SELECT DISTINCT t.name FROM main.sqlite_schema t"
            + " JOIN pragma_index_list(t.name, 'main') i" + REAL + "i.\"unique\" AND i.origin <> 'pk'";
    private static final String PARENTS = "SELECT DISTINCT f.\"table\" FROM main.sqlite_schema t"
            + " JOIN pragma_foreign_key_list(t.name, 'main') f" + REAL
            + "(f.on_update NOT IN ('NO ACTION', 'RESTRICT') OR f.on_delete NOT IN ('NO ACTION', 'RESTRICT'))";

    /** Reads the schema, or returns {@code known} if the schema is still the same. */
    public static ReplicatedSchema of(Connection connection, @Nullable ReplicatedSchema known) throws SQLException {
        String text = String.valueOf(Sql.text(connection, TEXT));
        return known != null && known.text.equals(text) ? known : read(connection, text);
    }

    private static ReplicatedSchema read(Connection connection, String text) throws SQLException {
        SortedMap<String, RowTable> tables = new TreeMap<>();
        for (String name : Sql.texts(connection, REPLICATED)) {
            if (!ReservedNames.isReserved(name)) {
                tables.put(name, RowTable.of(connection, name));
            }
        }
        return new ReplicatedSchema(
                text,
                tables,
                SchemaHash.of(connection, tables.keySet()),
                hasTriggers(connection),
                names(connection, UNIQUE),
                names(connection, PARENTS));
    }

    /** Returns names, compared as SQLite compares them. */
    private static Set<String> names(Connection connection, String query) throws SQLException {
        TreeSet<String> names = new TreeSet<>(Sql.NAMES);
        names.addAll(Sql.texts(connection, query));
        return names;
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

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.SchemaObject;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Inspects an image that HarmonyLite may have made. */
public final class ImageInspection {

    /** Selects columns whose declared type makes HarmonyLite's driver convert values to times or booleans. */
    private static final String REWRITTEN = "SELECT t.name || '.' || c.name FROM main.sqlite_schema t"
            + " JOIN pragma_table_xinfo(t.name, 'main') c WHERE t.type = 'table'"
            + " AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND lower(c.type)"
            + " IN ('date', 'datetime', 'timestamp', 'boolean') ORDER BY t.name, c.cid";

    /** Selects tables whose rowids HarmonyLite's last {@code VACUUM} may renumber: no key, and no index. */
    private static final String KEYLESS = "SELECT t.name FROM main.sqlite_schema t WHERE t.type = 'table'"
            + " AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND t.name NOT LIKE 'sqlite_%'"
            + " AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name, 'main') WHERE pk > 0)"
            + " AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema i WHERE i.type = 'index' AND i.tbl_name = t.name)"
            + " ORDER BY t.name";

    private ImageInspection() {}

    /** Returns the tables with rows, but without key and index: their rowids are not those of the writers. */
    public static List<String> keyless(Connection image) throws SQLException {
        List<String> tables = new ArrayList<>();
        for (String table : Sql.texts(image, KEYLESS)) {
            if (Sql.number(image, "SELECT EXISTS (SELECT 1 FROM main." + Sql.quote(table) + ")") > 0) {
                tables.add(table);
            }
        }
        return tables;
    }

    /** Returns the objects with reserved names, which belong to a single node. */
    public static List<String> reserved(Connection image) throws SQLException {
        return SchemaObject.all(image).stream()
                .filter(object -> ReservedNames.isReserved(object.name()))
                .map(SchemaObject::toString)
                .toList();
    }

    /** Returns the columns whose values HarmonyLite rewrites. */
    public static List<String> rewritten(Connection image) throws SQLException {
        return Sql.texts(image, REWRITTEN);
    }
}

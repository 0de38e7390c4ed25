package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * An index or a WITHOUT ROWID key whose order or content depends on code that an application can replace: a collation
 * other than BINARY, or the functions of an expression, a generated column or a WHERE. Immutable.
 */
record CustomIndex(String table, String name, boolean isPrimaryKey) {

    private static final String QUERY = "SELECT DISTINCT t.name, i.name, i.origin = 'pk'"
            + " FROM main.sqlite_schema t, pragma_index_list(t.name, 'main') i, pragma_index_xinfo(i.name, 'main') c"
            + " LEFT JOIN pragma_table_xinfo(t.name, 'main') k ON k.cid = c.cid"
            + " WHERE t.type = 'table' AND t.rootpage > 0" // Virtual tables have no indexes of their own.
            + " AND (i.partial OR c.cid = -2 OR k.hidden IN (2, 3) OR c.coll NOT IN ('BINARY', 'binary'))";

    /** Returns the tables of the main database that have such indexes. Reads only the schema. */
    static Set<String> tables(Connection connection) throws SQLException {
        return all(connection).stream().map(CustomIndex::table).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns those of the main database. Reads only the schema. */
    static List<CustomIndex> all(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(QUERY)) {
            List<CustomIndex> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new CustomIndex(rows.getString(1), rows.getString(2), rows.getBoolean(3)));
            }
            return found;
        }
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of {@code sqlite_schema}. The table of tables and views is their own name; SQL is empty for indexes that SQLite
 * created itself. Immutable.
 */
public record SchemaObject(String type, String name, String table, String sql) {

    /** Returns all objects of the main database, in an order that depends only on their types and names. */
    public static List<SchemaObject> all(Connection connection) throws SQLException {
        String query = "SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_schema"
                + " ORDER BY type, name COLLATE BINARY, tbl_name COLLATE BINARY";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<SchemaObject> objects = new ArrayList<>();
            while (rows.next()) {
                objects.add(
                        new SchemaObject(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
            }
            return objects;
        }
    }

    public boolean isTable() {
        return type.equals("table");
    }

    boolean isVirtual() {
        return sql.regionMatches(true, 0, "CREATE VIRTUAL", 0, 14);
    }

    boolean isIndex() {
        return type.equals("index");
    }

    public boolean isTrigger() {
        return type.equals("trigger");
    }

    boolean isView() {
        return type.equals("view");
    }

    @Override
    public String toString() {
        return type + " " + name;
    }
}

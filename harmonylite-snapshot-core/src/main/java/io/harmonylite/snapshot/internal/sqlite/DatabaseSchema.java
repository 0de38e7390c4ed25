package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The part of a schema that applications depend on: {@code user_version}, tables, columns and indexes, without reserved
 * and internal objects. Immutable.
 */
final class DatabaseSchema {

    private static final String INTERNAL = "sqlite_";
    private static final String CONSTRAINT = "sqlite_autoindex_";

    private final int userVersion;
    private final Map<String, Set<String>> columnsByTable = new TreeMap<>();
    private final List<SchemaObject> indexes = new ArrayList<>();

    private DatabaseSchema(int userVersion) {
        this.userVersion = userVersion;
    }

    static DatabaseSchema of(Connection connection) throws SQLException {
        DatabaseSchema schema = new DatabaseSchema((int) Sql.number(connection, "PRAGMA main.user_version"));
        for (SchemaObject object : SchemaObject.all(connection)) {
            if (object.isTable() && counts(object.name())) {
                schema.columnsByTable.put(fold(object.name()), columns(connection, object));
            } else if (object.isIndex() && counts(object.table()) && (isConstraint(object) || counts(object.name()))) {
                schema.indexes.add(object);
            }
        }
        return schema;
    }

    private static boolean counts(String name) {
        return !ReservedNames.isReserved(name) && !fold(name).startsWith(INTERNAL);
    }

    private static boolean isConstraint(SchemaObject index) {
        return index.name().startsWith(CONSTRAINT);
    }

    /** Returns the columns of a table; none for a virtual table, whose data is in shadow tables. */
    private static Set<String> columns(Connection connection, SchemaObject table) throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        if (!table.isVirtual()) {
            String query = "SELECT name FROM pragma_table_xinfo(?, 'main')";
            try (PreparedStatement statement = connection.prepareStatement(query)) {
                statement.setString(1, table.name());
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        columns.add(fold(rows.getString(1)));
                    }
                }
            }
        }
        return columns;
    }

    /** Lists in sentences what another schema has and this one lacks, except for the tables in {@code leftOut}. */
    List<String> lacks(DatabaseSchema other, Set<String> leftOut) {
        List<String> lacking = new ArrayList<>();
        if (userVersion < other.userVersion) {
            lacking.add("its user_version is " + userVersion + ", the database's is " + other.userVersion);
        }
        other.columnsByTable.forEach((table, columns) -> {
            if (!leftOut.contains(table)) {
                addLacking(lacking, table, columns);
            }
        });
        for (SchemaObject index : other.indexes) {
            String table = fold(index.table());
            if (!leftOut.contains(table) && columnsByTable.containsKey(table) && !has(index)) {
                String what = isConstraint(index) ? "a UNIQUE or PRIMARY KEY constraint" : "index " + index.name();
                lacking.add(what + " of table " + table + " is missing");
            }
        }
        return lacking;
    }

    private void addLacking(List<String> lacking, String table, Set<String> columns) {
        Set<String> own = columnsByTable.get(table);
        if (own == null) {
            lacking.add("table " + table + " is missing");
            return;
        }
        for (String column : columns) {
            if (!own.contains(column)) {
                lacking.add("column " + column + " of table " + table + " is missing");
            }
        }
    }

    private boolean has(SchemaObject index) {
        return indexes.stream()
                .anyMatch(own -> fold(own.name()).equals(fold(index.name()))
                        && fold(own.table()).equals(fold(index.table())));
    }

    private static String fold(String name) {
        return SqlIdentifiers.fold(name);
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds remaining objects that refer to a dropped table or view. They would fail in every restored database. */
final class DanglingCheck {

    private DanglingCheck() {}

    static void check(Connection copy, List<SchemaObject> all, Predicate<SchemaObject> dropped) throws SQLException {
        Set<String> gone = all.stream()
                .filter(dropped)
                .filter(object -> object.isTable() || object.isView())
                .map(object -> SqlIdentifiers.fold(object.name()))
                .collect(Collectors.toSet());
        for (SchemaObject object : all) {
            if (!dropped.test(object)) {
                check(copy, object, gone);
            }
        }
    }

    private static void check(Connection copy, SchemaObject object, Set<String> gone) throws SQLException {
        Set<String> named = Set.of();
        if (object.isView() || object.isTrigger()) {
            named = SqlIdentifiers.in(object.sql());
        } else if (object.isTable()) {
            named = parents(copy, object);
        }
        for (String name : named) {
            if (gone.contains(name)) {
                throw new SnapshotConfigurationException("the " + object + " refers to " + name
                        + ", which is excluded from snapshots and would be missing in every restored database;"
                        + " change the " + object.type() + ", or allow dangling references");
            }
        }
    }

    private static Set<String> parents(Connection copy, SchemaObject table) throws SQLException {
        String query =
                "SELECT \"table\" FROM pragma_foreign_key_list('" + table.name().replace("'", "''") + "', 'main')";
        return Sql.texts(copy, query).stream().map(SqlIdentifiers::fold).collect(Collectors.toSet());
    }
}

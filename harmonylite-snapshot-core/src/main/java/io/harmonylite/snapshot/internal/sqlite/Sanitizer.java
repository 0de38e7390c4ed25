package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Prepares a private copy for a snapshot: drops excluded tables and reserved objects and overwrites their content with
 * zeros. Tables of this library that describe the data stay.
 */
public final class Sanitizer {

    private final Set<String> excludedTables;
    private final Set<String> nodesTables;
    private final DanglingReferences dangling;
    private final Predicate<String> kept;

    private Sanitizer(
            Set<String> excludedTables, Set<String> nodesTables, DanglingReferences dangling, Predicate<String> kept) {
        this.excludedTables = fold(excludedTables);
        this.nodesTables = fold(nodesTables);
        this.dangling = dangling;
        this.kept = kept;
    }

    /** Creates a sanitizer for HarmonyLite's snapshots, which contain no object with a reserved name. */
    public static Sanitizer forHarmonyLite() {
        return new Sanitizer(Set.of(), Set.of(), DanglingReferences.ALLOWED, name -> false);
    }

    /** Creates a sanitizer. Excluded tables must exist; tables of the node are dropped if they do. */
    public Sanitizer(Set<String> excludedTables, Set<String> nodesTables, DanglingReferences dangling) {
        this(excludedTables, nodesTables, dangling, ReservedNames::isOfImage);
    }

    private static Set<String> fold(Set<String> names) {
        return names.stream().map(SqlIdentifiers::fold).collect(Collectors.toUnmodifiableSet());
    }

    /** Sanitizes a copy. Throws if an excluded table is missing or a remaining object refers to a dropped one. */
    public void sanitize(Connection copy) throws SQLException {
        Sql.execute(copy, "PRAGMA main.journal_mode = DELETE"); // leaves WAL mode for good: header versions are 1,1
        Sql.execute(copy, "PRAGMA main.journal_mode = MEMORY");
        Sql.execute(copy, "PRAGMA main.synchronous = OFF");
        Sql.execute(copy, "PRAGMA foreign_keys = OFF");
        Sql.execute(copy, "PRAGMA main.secure_delete = ON");
        List<SchemaObject> all = SchemaObject.all(copy);
        checkExcluded(all);
        for (SchemaObject object : all) {
            if (!isLeftOut(SqlIdentifiers.fold(object.table()))) {
                ReservedNames.requireOwnCase(object.name(), object);
            }
        }
        if (dangling == DanglingReferences.REFUSED) {
            DanglingCheck.check(copy, all, this::isDropped);
        }
        for (Optional<SchemaObject> next = first(all); next.isPresent(); next = first(SchemaObject.all(copy))) {
            drop(copy, next.get());
        }
    }

    private void checkExcluded(List<SchemaObject> all) {
        Set<String> tables = all.stream()
                .filter(SchemaObject::isTable)
                .map(table -> SqlIdentifiers.fold(table.name()))
                .collect(Collectors.toSet());
        for (String excluded : excludedTables) {
            if (!tables.contains(excluded)) {
                throw new SnapshotConfigurationException("the excluded table does not exist: " + excluded);
            }
        }
    }

    private boolean isDropped(SchemaObject object) {
        return (ReservedNames.isReserved(object.name()) && !kept.test(object.name()))
                || (object.isTable() && isLeftOut(SqlIdentifiers.fold(object.name())));
    }

    private boolean isLeftOut(String table) {
        return excludedTables.contains(table) || nodesTables.contains(table);
    }

    /** Returns the next object to drop: virtual tables, then tables, whose drop removes shadow tables and indexes. */
    private Optional<SchemaObject> first(List<SchemaObject> all) {
        return all.stream().filter(this::isDropped).min(Comparator.comparingInt(Sanitizer::rank));
    }

    private static int rank(SchemaObject object) {
        return switch (object.type()) {
            case "trigger" -> 0;
            case "view" -> 1;
            case "table" -> object.isVirtual() ? 2 : 3;
            default -> 4;
        };
    }

    private static void drop(Connection copy, SchemaObject object) throws SQLException {
        Sql.execute(copy, "DROP " + object.type() + " main." + Sql.quote(object.name()));
    }

    /** Policy for remaining objects that refer to dropped ones. */
    public enum DanglingReferences {
        /** The take fails, with the name of the object. */
        REFUSED,
        /** The image is taken with its dangling references. */
        ALLOWED
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A row of one of HarmonyLite's change logs, with its values after the change, or before it for a delete. Text is a
 * string, or {@link StoredText} if it is invalid in the database's encoding. Immutable, provided the arrays in it are
 * not modified.
 */
public record LoggedChange(
        String log, long number, String table, String type, SortedMap<String, @Nullable Object> row) {

    boolean isDelete() {
        return type.equals("delete");
    }

    /** Returns a column whose text cannot be transferred; null if there is none. */
    @Nullable
    String damagedColumn() {
        return row.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof StoredText)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** Returns a SQL statement that makes the change again, for use by people. */
    String statement(Set<String> key) {
        String named = Sql.quote(table);
        return switch (type) {
            case "delete" -> "DELETE FROM " + named + " WHERE " + SqlLiteral.pairs(key, row, " IS ", " AND ") + ";";
            case "update" ->
                "UPDATE " + named + " SET " + SqlLiteral.pairs(row.keySet(), row, " = ", ", ") + " WHERE "
                        + SqlLiteral.pairs(key, row, " IS ", " AND ") + ";";
            default -> SqlLiteral.insert(table, row) + ";";
        };
    }
}

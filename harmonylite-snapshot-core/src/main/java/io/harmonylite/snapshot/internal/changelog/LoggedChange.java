package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A row of one of HarmonyLite's change logs. Immutable, provided the arrays in it are not modified.
 *
 * @param log name of the log's table
 * @param number id of the row in the log
 * @param table name of the changed table
 * @param type {@code insert}, {@code update} or {@code delete}
 * @param row values by column: those after the change, or before it for a delete. Text is a string, or {@link
 *     StoredText} if it is invalid in the database's encoding
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

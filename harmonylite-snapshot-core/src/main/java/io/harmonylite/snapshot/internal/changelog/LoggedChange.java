package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
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

    private static final HexFormat HEX = HexFormat.of();

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
            case "delete" -> "DELETE FROM " + named + " WHERE " + pairs(key, " IS ", " AND ") + ";";
            case "update" ->
                "UPDATE " + named + " SET " + pairs(row.keySet(), " = ", ", ") + " WHERE " + pairs(key, " IS ", " AND ")
                        + ";";
            default ->
                "INSERT INTO " + named + " (" + joined(row.keySet(), Sql::quote) + ") VALUES ("
                        + joined(row.keySet(), this::literal) + ");";
        };
    }

    private String pairs(Set<String> columns, String between, String joint) {
        return columns.stream()
                .map(column -> Sql.quote(column) + between + literal(column))
                .collect(Collectors.joining(joint));
    }

    private static String joined(Set<String> columns, UnaryOperator<String> each) {
        return columns.stream().map(each).collect(Collectors.joining(", "));
    }

    private String literal(String column) {
        Object value = row.get(column);
        if (value instanceof String text) {
            boolean plain = text.indexOf('\0') < 0;
            return plain
                    ? "'" + text.replace("'", "''") + "'"
                    : text(HEX.formatHex(text.getBytes(StandardCharsets.UTF_8)));
        }
        if (value instanceof StoredText text) {
            return text(text.hex());
        }
        if (value instanceof byte[] bytes) {
            return blob(HEX.formatHex(bytes));
        }
        return value instanceof Double number && number.isInfinite()
                ? (number > 0 ? "9e999" : "-9e999")
                : String.valueOf(value);
    }

    private static String text(String hex) {
        return "CAST(" + blob(hex) + " AS TEXT)";
    }

    private static String blob(String hex) {
        return "x'" + hex + "'";
    }
}

package io.harmonylite.snapshot.internal.sqlite;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A row of one of HarmonyLite's change logs. Immutable, as far as nobody writes into the arrays in it.
 *
 * @param log the log's table
 * @param number its number there
 * @param table the table that was changed
 * @param type {@code insert}, {@code update} or {@code delete}
 * @param row the row's values by column: after the change, or before it where it was deleted
 */
public record LoggedChange(
        String log, long number, String table, String type, SortedMap<String, @Nullable Object> row) {

    private static final HexFormat HEX = HexFormat.of();

    /**
     * Text that the database's encoding does not allow: it would be another one after it was read.
     *
     * @param hex the bytes that the database holds
     */
    record RawText(String hex) {}

    boolean isDelete() {
        return type.equals("delete");
    }

    /** A column with text that cannot be carried; null where there is none. */
    @Nullable
    String damagedColumn() {
        return row.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof RawText)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** The change as a statement of SQL that makes it again, for people. */
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
        if (value instanceof RawText text) {
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

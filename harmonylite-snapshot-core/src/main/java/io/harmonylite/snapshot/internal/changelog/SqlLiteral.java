package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes values as SQL that keeps each of their bytes, for use by people and as text to compare. */
final class SqlLiteral {

    private static final HexFormat HEX = HexFormat.of();

    private SqlLiteral() {}

    /** Returns a value of a row as SQL. */
    static String of(@Nullable Object value) {
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

    /** Returns pairs of columns and values of a row. */
    static String pairs(Collection<String> columns, Map<String, @Nullable Object> row, String between, String joint) {
        return columns.stream()
                .map(column -> Sql.quote(column) + between + of(row.get(column)))
                .collect(Collectors.joining(joint));
    }

    /** Returns a statement that inserts a row. */
    static String insert(String table, Map<String, @Nullable Object> row) {
        return "INSERT INTO " + Sql.quote(table) + " ("
                + row.keySet().stream().map(Sql::quote).collect(Collectors.joining(", ")) + ") VALUES ("
                + row.values().stream().map(SqlLiteral::of).collect(Collectors.joining(", ")) + ")";
    }

    private static String text(String hex) {
        return "CAST(" + blob(hex) + " AS TEXT)";
    }

    private static String blob(String hex) {
        return "x'" + hex + "'";
    }
}

package io.harmonylite.snapshot.change;

import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.internal.changelog.StoredText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of an outbox. Immutable, unless the caller modifies an array that it returns. */
public final class OutboxRow {

    private final String table;
    private final Map<String, @Nullable Object> values;

    OutboxRow(String table, Map<String, @Nullable Object> values) {
        this.table = table;
        this.values = values;
    }

    /**
     * Returns a value in SQLite's type: {@link Integer} or {@link Long}, {@link Double}, {@link String}, {@code
     * byte[]}, or null.
     *
     * @param column name of the column, compared as SQLite does
     * @throws IllegalArgumentException if there is no such column
     * @throws PendingChangesException if the value is text that is invalid in the database's encoding
     */
    public @Nullable Object value(String column) {
        Object value = values.get(column);
        if (value == null && !values.containsKey(column)) {
            throw new IllegalArgumentException("table " + table + " has no column " + column);
        }
        return value instanceof StoredText text ? text.string(table, column) : value;
    }
}

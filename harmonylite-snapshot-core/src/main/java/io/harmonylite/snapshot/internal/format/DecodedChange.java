package io.harmonylite.snapshot.internal.format;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A decoded change message of HarmonyLite. Immutable, provided the arrays in it are not modified.
 *
 * @param node id of the node that published it, an unsigned 64-bit integer
 * @param id number of the change in the log of its table, on that node
 * @param type {@code insert}, {@code update} or {@code delete}
 * @param table name of the table
 * @param row values by column: {@link Long}, {@link Double}, {@link String}, {@code byte[]}, {@link Boolean},
 *     {@link Moment}, or null
 * @param schemaHash hash of the publisher's schema; null if it is missing
 */
public record DecodedChange(
        long node,
        long id,
        String type,
        String table,
        SortedMap<String, @Nullable Object> row,
        @Nullable String schemaHash) {

    /**
     * A value of a date or time column.
     *
     * @param epochSecond seconds since 1970; null if HarmonyLite found no time in the value
     */
    public record Moment(@Nullable Long epochSecond) {}
}

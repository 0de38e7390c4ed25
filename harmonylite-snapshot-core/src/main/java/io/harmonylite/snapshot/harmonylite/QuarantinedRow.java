package io.harmonylite.snapshot.harmonylite;

/**
 * A row that a message has removed because of a UNIQUE value, although the message may be older than the row. Immutable.
 *
 * @param table name of the table
 * @param key key of the row as a SQL condition, such as {@code "id" IS 7}
 * @param row a SQL statement that inserts the row
 * @param stream stream of the message that removed it
 * @param sequence sequence of that message
 */
public record QuarantinedRow(String table, String key, String row, String stream, long sequence) {}

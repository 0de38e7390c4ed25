package io.harmonylite.snapshot.change;

import io.harmonylite.snapshot.internal.sqlite.TableCarry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;

/**
 * Local changes that a host writes down in a table of its own, an outbox, in the transaction that makes them. A row is
 * pending until it is deleted, or, where {@link #pendingWhere} says so, as long as a condition holds.
 *
 * <p>A restore creates the table again as the live database has it, with its indexes and triggers, and brings the pending
 * rows into it, in the order of their rowids and with them; an AUTOINCREMENT goes on counting where it was, so that no
 * number is given twice. What is not pending stays behind, and so does what triggers write into the outbox while the
 * changes are made again: they are in it already.
 *
 * <p>Immutable and thread-safe.
 */
public final class OutboxTable implements LocalChanges {

    private final String table;
    private final String condition;
    private final Applier applier;

    private OutboxTable(String table, String condition, Applier applier) {
        this.table = Objects.requireNonNull(table, "table");
        this.condition = condition;
        this.applier = Objects.requireNonNull(applier, "applier");
    }

    /**
     * An outbox whose changes are made again in the restored data.
     *
     * @param table name of the table, literal
     * @param applier makes one change again
     */
    public static OutboxTable of(String table, Applier applier) {
        return new OutboxTable(table, "1", applier);
    }

    /**
     * An outbox of a host that applies its own messages when they come back from the stream, as those of others: until
     * then the restored data lacks the pending changes.
     *
     * @param table name of the table, literal
     */
    public static OutboxTable appliedOnArrival(String table) {
        return new OutboxTable(table, "1", (staged, change) -> {});
    }

    /**
     * Only rows are pending for which a condition holds.
     *
     * @param sql an SQL expression over the table's columns, {@code state = 0} for instance
     */
    public OutboxTable pendingWhere(String sql) {
        return new OutboxTable(table, Objects.requireNonNull(sql, "sql"), applier);
    }

    @Override
    public Set<String> tables() {
        return Set.of(table);
    }

    @Override
    public long pending(Connection database) throws SQLException {
        return TableCarry.count(database, table, condition);
    }

    @Override
    public long carry(Connection database, Connection staged) throws SQLException {
        return TableCarry.carry(
                database, staged, table, condition, (to, row) -> applier.apply(to, new OutboxRow(table, row)));
    }

    /** Makes one change again. */
    @FunctionalInterface
    public interface Applier {

        /**
         * Makes it. Called on the restoring thread for one pending row after the other.
         *
         * @param staged the restored data as it was when the snapshot was taken, with the changes before this one; in a
         *     transaction that is not to be ended
         * @param change the outbox's row
         */
        void apply(Connection staged, OutboxRow change) throws SQLException;
    }
}

package io.harmonylite.snapshot.change;

import io.harmonylite.snapshot.internal.changelog.TableTransfer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;

/**
 * Pending changes that a host records in an outbox: a table of its own, written in the transaction that makes the
 * change. A row is pending until it is deleted or, with {@link #pendingWhere}, while a condition holds.
 *
 * <p>A restore creates the table as it is in the live database, with its indexes and triggers. It copies the pending
 * rows with their rowids and in their order; text keeps its bytes, even if they are invalid in the encoding. AUTOINCREMENT continues from its last number, so that no number is
 * assigned twice. Rows that are not pending are not copied. Neither are rows that triggers write to the outbox while
 * the changes are applied again, because the outbox already contains them.
 *
 * <p>Immutable and thread-safe.
 */
public final class OutboxTable implements PendingChanges {

    private final String table;
    private final String condition;
    private final Applier applier;

    private OutboxTable(String table, String condition, Applier applier) {
        this.table = Objects.requireNonNull(table, "table");
        this.condition = condition;
        this.applier = Objects.requireNonNull(applier, "applier");
    }

    /**
     * Returns an outbox whose changes are applied again to the restored data.
     *
     * @param table literal name of the table
     * @param applier applies one change
     */
    public static OutboxTable of(String table, Applier applier) {
        return new OutboxTable(table, "1", applier);
    }

    /**
     * Returns an outbox of a host that applies its own messages when the stream delivers them, like those of other
     * nodes. Until then the restored data lacks the pending changes.
     *
     * @param table literal name of the table
     */
    public static OutboxTable appliedOnArrival(String table) {
        return new OutboxTable(table, "1", (staged, change) -> {});
    }

    /**
     * Returns a copy in which only rows that match a condition are pending.
     *
     * @param sql SQL expression over the table's columns, for example {@code state = 0}
     */
    public OutboxTable pendingWhere(String sql) {
        return new OutboxTable(table, Objects.requireNonNull(sql, "sql"), applier);
    }

    @Override
    public Set<String> tables() {
        return Set.of(table);
    }

    @Override
    public long count(Connection database) throws SQLException {
        return TableTransfer.count(database, table, condition);
    }

    @Override
    public long transfer(Connection database, Connection staged) throws SQLException {
        return TableTransfer.carry(
                database, staged, table, condition, (to, row) -> applier.apply(to, new OutboxRow(table, row)));
    }

    /** Applies one pending change to the restored data. */
    @FunctionalInterface
    public interface Applier {

        /**
         * Applies one change. Called on the restoring thread, for one pending row after the other.
         *
         * @param staged the restored data: as it was when the snapshot was taken, with the changes before this one; in
         *     a transaction that must not be ended
         * @param change the row of the outbox
         * @throws SQLException if the change cannot be applied; the restore fails
         */
        void apply(Connection staged, OutboxRow change) throws SQLException;
    }
}

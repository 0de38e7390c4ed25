package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.ChangeRefusedException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Doubt;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Result;
import io.harmonylite.snapshot.internal.sqlite.HarmonyLiteSchema;
import io.harmonylite.snapshot.internal.sqlite.RowTable;
import io.harmonylite.snapshot.internal.sqlite.Savepoint;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies HarmonyLite's change messages to one database, in the order in which they come: the row with the message's key is
 * made as the message says, or removed. The key is the primary key, or the rowid where a table has none.
 *
 * <p>A change is applied and counted as a whole or not at all: in the transaction that is open on the connection, or in one
 * of its own where none is. What cannot be applied is a {@link ChangeRefusedException}, with nothing applied and nothing
 * counted: a damaged message, another schema, an unknown table or column. A constraint that a change would break is an
 * {@link SQLException}, likewise; HarmonyLite removes the rows that are in the way, which loses data (D5).
 *
 * <p>HarmonyLite's own triggers do not fire; the user's do, as in HarmonyLite (N7). Leave {@code foreign_keys} off, as
 * HarmonyLite does: cascades come as messages of their own.
 *
 * <p>Immutable but for what it remembers of the schema, which is compared at every change. Thread-safe, one connection for
 * one thread; all connections must be to the same database.
 */
public final class HarmonyLiteApplier {

    private final @Nullable Long ownNode;
    private final SchemaRule rule;
    private final TableSequenceMap positions = TableSequenceMap.create();
    private volatile @Nullable HarmonyLiteSchema known;

    private HarmonyLiteApplier(Builder builder) {
        this.ownNode = builder.ownNode;
        this.rule = builder.rule;
    }

    /** An applier with default options: of a node that publishes nothing, to a database of the same schema. */
    public static HarmonyLiteApplier create() {
        return builder().build();
    }

    /** Begins to build an applier with other options. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Applies a message and counts it in the database's {@link TableSequenceMap}, unless it was counted before.
     *
     * @param connection the host's, to the replica as {@code main}
     * @param stream the stream the message is in
     * @param at the message's place in it
     * @param payload the message
     * @throws ChangeRefusedException where it cannot be applied
     * @throws OutOfSequenceException where it is not the next message, or of another stream of that name
     * @throws SQLException what SQLite says
     */
    public AppliedChange apply(Connection connection, String stream, StreamPosition at, byte[] payload)
            throws SQLException {
        return Savepoint.run(
                connection,
                inside -> positions.in(inside).applied(stream, at)
                        ? change(inside, stream, at.sequence(), payload)
                        : AppliedChange.COUNTED_BEFORE);
    }

    /**
     * Applies a message and does not count it: for the action of a {@link
     * io.harmonylite.snapshot.sequence.FileSequenceMap}, which does.
     *
     * @param connection the host's, to the replica as {@code main}
     * @param stream the stream the message is in
     * @param sequence the message's sequence there
     * @param payload the message
     * @throws ChangeRefusedException where it cannot be applied
     * @throws SQLException what SQLite says
     */
    public AppliedChange applyUncounted(Connection connection, String stream, long sequence, byte[] payload)
            throws SQLException {
        return Savepoint.run(connection, inside -> change(inside, stream, sequence, payload));
    }

    private AppliedChange change(Connection connection, String stream, long sequence, byte[] payload)
            throws SQLException {
        ChangeMessage message = ChangeMessage.decode(stream, sequence, payload);
        if (ownNode != null && ownNode == message.node()) {
            return new AppliedChange(Result.OWN, Optional.of(message), Set.of());
        }
        HarmonyLiteSchema schema = HarmonyLiteSchema.of(connection, known);
        known = schema;
        RowTable table = fitting(message, schema, stream, sequence);
        EnumSet<Doubt> doubts = EnumSet.noneOf(Doubt.class);
        if (!message.rewritten().isEmpty()) {
            doubts.add(Doubt.VALUES_REWRITTEN);
        }
        boolean wasThere = schema.silently(connection, silent -> change(silent, table, message));
        if (message.type() == ChangeType.UPDATE && !wasThere) {
            doubts.add(Doubt.UPDATED_ROW_MISSING);
        }
        return new AppliedChange(Result.APPLIED, Optional.of(message), doubts);
    }

    private static boolean change(Connection connection, RowTable table, ChangeMessage message) throws SQLException {
        return message.type() == ChangeType.DELETE
                ? table.remove(connection, message.row())
                : table.put(connection, message.row());
    }

    private RowTable fitting(ChangeMessage message, HarmonyLiteSchema schema, String stream, long sequence) {
        RowTable table = schema.tables().get(message.table());
        if (table == null) {
            throw new ChangeRefusedException(
                    stream,
                    sequence,
                    "there is no table " + message.table()
                            + " here that HarmonyLite replicates. Migrate this database, or" + " find out who wrote it",
                    null);
        }
        String differs = table.differs(message.row().keySet());
        if (differs == null) {
            differs = hashDiffers(message, schema);
        }
        if (differs != null) {
            throw new ChangeRefusedException(
                    stream, sequence, differs + ": writer and reader have another schema. Migrate the older one", null);
        }
        return table;
    }

    private @Nullable String hashDiffers(ChangeMessage message, HarmonyLiteSchema schema) {
        Optional<String> hash = message.schemaHash();
        return rule == SchemaRule.SAME_SCHEMA && hash.isPresent() && !hash.get().equals(schema.hash())
                ? "the writer's schema hash is " + hash.get() + ", this database's is " + schema.hash()
                : null;
    }

    private enum SchemaRule {
        SAME_SCHEMA,
        SAME_COLUMNS
    }

    /** Builds appliers. Defaults: no message is this node's own; the whole schema must be the writer's. */
    public static final class Builder {

        private @Nullable Long ownNode;
        private SchemaRule rule = SchemaRule.SAME_SCHEMA;

        private Builder() {}

        /**
         * Messages that this node has published are counted and not applied: their effect is in the database already, and
         * newer writes may be on top of it.
         *
         * @param node the id it publishes under; 64 bits without sign
         */
        public Builder ownNode(long node) {
            ownNode = node;
            return this;
        }

        /**
         * Only the table of a message must have the writer's columns, and the rest of the schema may differ: for a database
         * with tables that HarmonyLite's nodes do not have.
         */
        public Builder comparingColumnsOnly() {
            rule = SchemaRule.SAME_COLUMNS;
            return this;
        }

        /** Builds it; does no I/O. */
        public HarmonyLiteApplier build() {
            return new HarmonyLiteApplier(this);
        }
    }
}

package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.exception.ChangeRejectedException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Result;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Warning;
import io.harmonylite.snapshot.internal.changelog.ReplicatedSchema;
import io.harmonylite.snapshot.internal.changelog.RowTable;
import io.harmonylite.snapshot.internal.sqlite.Savepoint;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies HarmonyLite change messages to one database, in the order in which they arrive. An insert or update sets the
 * row with the message's key, a delete removes it. The key is the primary key, or the rowid if the table has none.
 *
 * <pre>{@code
 * HarmonyLiteApplier applier = HarmonyLiteApplier.create();
 *
 * void onMessage(StreamMessage message) throws SQLException {
 *     try (Connection connection = dataSource.getConnection()) {
 *         AppliedChange change = applier.apply(connection, message);
 *         if (!change.warnings().isEmpty()) {
 *             LOG.warn("{}: {}", message, change.warnings());
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>A change is applied and counted as a whole or not: in the transaction that is open on the connection, or in
 * its own transaction if none is open. A message that cannot be applied is a {@link ChangeRejectedException}: it is
 * damaged, has another schema, or names an unknown table or column. A change that would violate a constraint is an
 * {@link SQLException}; HarmonyLite removes the conflicting rows instead, which loses data (fault D5). In both cases
 * nothing is applied and nothing is counted.
 *
 * <p>HarmonyLite's own triggers do not fire. The user's triggers fire, as in HarmonyLite (fault N7). Keep {@code
 * foreign_keys} off, as HarmonyLite does: cascades arrive as messages of their own.
 *
 * <p>Thread-safe, with one connection per thread; all connections must be to the same database. Caches the schema, and
 * compares it on every change.
 */
public final class HarmonyLiteApplier {

    private final @Nullable Long ownNode;
    private final SchemaRule rule;
    private final TableSequenceMap positions = TableSequenceMap.create();
    private volatile @Nullable ReplicatedSchema known;

    private HarmonyLiteApplier(Builder builder) {
        this.ownNode = builder.ownNode;
        this.rule = builder.rule;
    }

    /**
     * Creates an applier with default options: for a node that publishes nothing, and a database of the writer's
     * schema.
     */
    public static HarmonyLiteApplier create() {
        return builder().build();
    }

    /** Returns a builder for an applier with other options. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Applies a message and counts it in the database's {@link TableSequenceMap}, unless it was counted before.
     *
     * @param connection the host's connection, with the replica as {@code main}
     * @param message the message
     * @return what was done with the message
     * @throws ChangeRejectedException if the message cannot be applied
     * @throws OutOfSequenceException if it is not the next message, or belongs to another stream of the same name
     * @throws SQLException if SQLite fails, for example because of a constraint, or if a statement is active on a
     *     connection to a database with HarmonyLite's triggers
     */
    public AppliedChange apply(Connection connection, StreamMessage message) throws SQLException {
        return Savepoint.run(
                connection,
                inside ->
                        message.countIn(positions.in(inside)) ? change(inside, message) : AppliedChange.COUNTED_BEFORE);
    }

    /**
     * Applies a message without counting it. Use it in the action of a {@link
     * io.harmonylite.snapshot.sequence.FileSequenceMap}, which counts the message itself.
     *
     * @param connection the host's connection, with the replica as {@code main}
     * @param message the message
     * @return what was done with the message
     * @throws ChangeRejectedException if the message cannot be applied
     * @throws SQLException if SQLite fails, for example because of a constraint, or if a statement is active on a
     *     connection to a database with HarmonyLite's triggers
     */
    public AppliedChange applyWithoutCounting(Connection connection, StreamMessage message) throws SQLException {
        return Savepoint.run(connection, inside -> change(inside, message));
    }

    private AppliedChange change(Connection connection, StreamMessage received) throws SQLException {
        String stream = received.stream();
        long sequence = received.at().sequence();
        ChangeMessage message = ChangeMessage.decode(stream, sequence, received.data());
        if (ownNode != null && ownNode == message.node()) {
            return new AppliedChange(Result.OWN, Optional.of(message), Set.of());
        }
        ReplicatedSchema schema = ReplicatedSchema.of(connection, known);
        known = schema;
        RowTable table = requireMatchingTable(message, schema, stream, sequence);
        EnumSet<Warning> warnings = EnumSet.noneOf(Warning.class);
        if (!message.rewritten().isEmpty()) {
            warnings.add(Warning.VALUES_REWRITTEN);
        }
        boolean wasThere = schema.silently(connection, silent -> change(silent, table, message));
        if (message.type() == ChangeType.UPDATE && !wasThere) {
            warnings.add(Warning.UPDATED_ROW_MISSING);
        }
        return new AppliedChange(Result.APPLIED, Optional.of(message), warnings);
    }

    private static boolean change(Connection connection, RowTable table, ChangeMessage message) throws SQLException {
        return message.type() == ChangeType.DELETE
                ? table.remove(connection, message.row())
                : table.put(connection, message.row());
    }

    private RowTable requireMatchingTable(
            ChangeMessage message, ReplicatedSchema schema, String stream, long sequence) {
        RowTable table = schema.tables().get(message.table());
        if (table == null) {
            throw new ChangeRejectedException(
                    stream,
                    sequence,
                    "this database has no table " + message.table()
                            + " that HarmonyLite replicates. Migrate it, or find the program that published the"
                            + " message",
                    null);
        }
        String difference = table.differs(message.row().keySet());
        if (difference == null) {
            difference = hashDifference(message, schema);
        }
        if (difference != null) {
            throw new ChangeRejectedException(
                    stream,
                    sequence,
                    difference + ": the schemas of writer and reader differ. Migrate the older one",
                    null);
        }
        return table;
    }

    private @Nullable String hashDifference(ChangeMessage message, ReplicatedSchema schema) {
        Optional<String> hash = message.schemaHash();
        return rule == SchemaRule.SAME_SCHEMA
                ? hash.flatMap(schema.hash()::differs).orElse(null)
                : null;
    }

    private enum SchemaRule {
        SAME_SCHEMA,
        SAME_COLUMNS
    }

    /**
     * Builds appliers. Defaults: no message is this node's own; the whole schema must equal the writer's. Not
     * thread-safe.
     */
    public static final class Builder {

        private @Nullable Long ownNode;
        private SchemaRule rule = SchemaRule.SAME_SCHEMA;

        private Builder() {}

        /**
         * Sets the node whose messages are counted but not applied, because the database already contains their effect,
         * and newer writes may have followed.
         *
         * @param node id under which this node publishes; 64 bits, unsigned
         */
        public Builder ownNode(long node) {
            ownNode = node;
            return this;
        }

        /**
         * Compares only the columns of a message's table with the writer's; the rest of the schema may differ. Not needed
         * for a few tables that only this database has: they make no difference.
         */
        public Builder compareColumnsOnly() {
            rule = SchemaRule.SAME_COLUMNS;
            return this;
        }

        /** Builds the applier; does no I/O. */
        public HarmonyLiteApplier build() {
            return new HarmonyLiteApplier(this);
        }
    }
}

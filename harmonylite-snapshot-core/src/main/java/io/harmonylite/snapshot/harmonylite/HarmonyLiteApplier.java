package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.exception.ChangeRejectedException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Result;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Warning;
import io.harmonylite.snapshot.internal.changelog.AppliedTimes;
import io.harmonylite.snapshot.internal.changelog.Quarantine;
import io.harmonylite.snapshot.internal.changelog.ReplicatedSchema;
import io.harmonylite.snapshot.internal.changelog.RowChanges;
import io.harmonylite.snapshot.internal.changelog.RowChanges.LocalWrites;
import io.harmonylite.snapshot.internal.changelog.RowTable;
import io.harmonylite.snapshot.internal.sqlite.Savepoint;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
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
 * damaged, has another schema, or names an unknown table or column. A change that would violate a constraint other
 * than UNIQUE is an {@link SQLException}. In both cases nothing is applied and nothing is counted.
 *
 * <p><b>UNIQUE values.</b> A row removes other rows that have its UNIQUE values, as in HarmonyLite. The removed row goes
 * into quarantine, unless the message is later than the one that wrote it. This happens if messages are replayed onto a
 * newer image, or do not arrive in the order of their times. A later message for its key removes the entry; nothing is
 * put back automatically. A node that follows several streams must therefore apply their messages in the order of their
 * times, which {@code NatsFeed.Builder.mergeByTime()} does, and pass the timestamps in {@link StreamMessage#at}.
 *
 * <p>HarmonyLite's own triggers do not fire. The user's triggers fire, as in HarmonyLite (fault N7). Set {@code
 * foreign_keys} off before the transaction, as HarmonyLite does: cascades arrive as messages of their own. Otherwise
 * changes of tables that foreign keys with actions refer to are rejected.
 *
 * <p>Thread-safe, with one connection per thread; all connections must be to the same database. Caches the schema, and
 * compares it on every change.
 */
public final class HarmonyLiteApplier {

    private final @Nullable Long ownNode;
    private final SchemaRule rule;
    private final InstantSource clock;
    private final TableSequenceMap positions = TableSequenceMap.create();
    private volatile @Nullable ReplicatedSchema known;

    private HarmonyLiteApplier(Builder builder) {
        this.ownNode = builder.ownNode;
        this.rule = builder.rule;
        this.clock = builder.clock;
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
        List<StreamMessage> one = List.of(message);
        return Savepoint.run(
                        connection,
                        inside -> changes(inside, one, message.countIn(positions.in(inside)) ? one : List.of()))
                .get(0);
    }

    /**
     * Applies several messages, and counts them in the database's {@link TableSequenceMap}, unless they were counted
     * before; otherwise like {@link #apply}. If one of them fails, none is applied and none is counted.
     *
     * @param messages the messages, in the order of their times; those of each stream in the order of the stream
     * @return what was done with each message
     */
    public List<AppliedChange> applyAll(Connection connection, List<StreamMessage> messages) throws SQLException {
        return Savepoint.run(
                connection,
                inside -> changes(inside, messages, positions.in(inside).appliedAll(messages)));
    }

    /**
     * Applies a message without counting it; otherwise like {@link #apply}. Use it in the action of a {@link
     * io.harmonylite.snapshot.sequence.FileSequenceMap}, which counts the message itself.
     */
    public AppliedChange applyWithoutCounting(Connection connection, StreamMessage message) throws SQLException {
        return applyAllWithoutCounting(connection, List.of(message)).get(0);
    }

    /** Applies several messages without counting them; otherwise like {@link #applyAll}. */
    public List<AppliedChange> applyAllWithoutCounting(Connection connection, List<StreamMessage> messages)
            throws SQLException {
        return Savepoint.run(connection, inside -> changes(inside, messages, messages));
    }

    /**
     * Lists the rows in quarantine, sorted by table and key.
     *
     * @param connection a connection to the replica as {@code main}
     * @throws SQLException if SQLite fails
     */
    public List<QuarantinedRow> quarantined(Connection connection) throws SQLException {
        return Quarantine.list(connection, QuarantinedRow::new);
    }

    /** Applies those of the messages that are next, in the same order. */
    private List<AppliedChange> changes(Connection connection, List<StreamMessage> messages, List<StreamMessage> next)
            throws SQLException {
        AppliedTimes times = AppliedTimes.lock(connection);
        ReplicatedSchema schema = ReplicatedSchema.of(connection, known);
        known = schema;
        return schema.silently(connection, silent -> {
            List<AppliedChange> results = new ArrayList<>();
            try (RowChanges rows = new RowChanges(silent, schema, times, localWrites(), clock)) {
                Iterator<StreamMessage> left = next.iterator();
                StreamMessage due = left.hasNext() ? left.next() : null;
                for (StreamMessage message : messages) {
                    if (message == due) {
                        results.add(change(silent, schema, rows, message));
                        due = left.hasNext() ? left.next() : null;
                    } else {
                        results.add(AppliedChange.COUNTED_BEFORE);
                    }
                }
                rows.finish();
            }
            return results;
        });
    }

    private LocalWrites localWrites() {
        return ownNode == null ? LocalWrites.NONE : LocalWrites.POSSIBLE;
    }

    private AppliedChange change(
            Connection connection, ReplicatedSchema schema, RowChanges rows, StreamMessage received)
            throws SQLException {
        String stream = received.stream();
        long sequence = received.at().sequence();
        ChangeMessage message = ChangeMessage.decode(stream, sequence, received.data());
        if (ownNode != null && ownNode == message.node()) {
            return new AppliedChange(Result.OWN, Optional.of(message), Set.of());
        }
        RowTable table = requireMatchingTable(message, schema, stream, sequence);
        requireNoActions(connection, message, schema, received);
        RowChanges.Message by =
                new RowChanges.Message(stream, sequence, received.at().timestamp());
        RowChanges.Result done = message.type() == ChangeType.DELETE
                ? rows.remove(table, message.row(), by)
                : rows.put(table, message.row(), by);
        return new AppliedChange(Result.APPLIED, Optional.of(message), warnings(message, done));
    }

    private static Set<Warning> warnings(ChangeMessage message, RowChanges.Result done) {
        EnumSet<Warning> warnings = EnumSet.noneOf(Warning.class);
        if (!message.rewritten().isEmpty()) {
            warnings.add(Warning.VALUES_REWRITTEN);
        }
        if (message.type() == ChangeType.UPDATE && !done.existed()) {
            warnings.add(Warning.UPDATED_ROW_MISSING);
        }
        if (done.quarantined() > 0) {
            warnings.add(Warning.ROWS_QUARANTINED);
        }
        return warnings;
    }

    private static void requireNoActions(
            Connection connection, ChangeMessage message, ReplicatedSchema schema, StreamMessage received)
            throws SQLException {
        if (schema.parents().contains(message.table()) && Sql.number(connection, "PRAGMA foreign_keys") != 0) {
            throw new ChangeRejectedException(
                    received.stream(),
                    received.at().sequence(),
                    "foreign_keys is on, and foreign keys with actions refer to table " + message.table()
                            + ": SQLite would change rows of other tables, for which messages of their own arrive. Set"
                            + " PRAGMA foreign_keys = OFF on the connection before the transaction begins",
                    null);
        }
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
     * Builds appliers. Defaults: no message is this node's own; all tables of the writer must be the same here; the
     * system's clock. Not thread-safe.
     */
    public static final class Builder {

        private @Nullable Long ownNode;
        private SchemaRule rule = SchemaRule.SAME_SCHEMA;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /**
         * Sets the node whose messages are counted but not applied, because the database already contains their effect,
         * and newer writes may have followed. Every row that a message of another node removes because of a UNIQUE value
         * then goes into quarantine.
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

        /**
         * Sets the clock of this host. It is read once for a database that contains rows but no times of messages: its
         * rows may be as new as the present.
         */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /** Builds the applier; does no I/O. */
        public HarmonyLiteApplier build() {
            return new HarmonyLiteApplier(this);
        }
    }
}

package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.Savepoint;
import io.harmonylite.snapshot.internal.sqlite.SchemaObject;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies the row changes of several messages in one transaction, as HarmonyLite does: a row removes the rows that have
 * its UNIQUE values. A removed row goes to the {@link Quarantine} unless the message is later than the one that wrote
 * it. Then the row has lost its value at the origin too: by a message that is still to come, or by {@code REPLACE},
 * which removes rows without a message.
 *
 * <p>Used by one thread.
 */
public final class RowChanges implements AutoCloseable {

    private static final int CONSTRAINT = 19; // SQLITE_CONSTRAINT

    private final Statements statements;
    private final ReplicatedSchema schema;
    private final AppliedTimes times;
    private final LocalWrites localWrites;
    private boolean hasQuarantined;

    /** Creates the changes of a transaction that has begun with {@link AppliedTimes#lock}. */
    public RowChanges(
            Connection connection,
            ReplicatedSchema schema,
            AppliedTimes times,
            LocalWrites localWrites,
            InstantSource clock)
            throws SQLException {
        this.statements = new Statements(connection);
        this.schema = schema;
        this.times = times;
        this.localWrites = localWrites;
        this.hasQuarantined = times.hasQuarantined();
        times.begin(statements, schema, clock);
    }

    /** Updates or inserts a row. */
    public Result put(RowTable table, SortedMap<String, @Nullable Object> row, Message by) throws SQLException {
        Result result;
        try {
            result = new Result(table.put(statements, row), 0);
        } catch (SQLException e) {
            if (e.getErrorCode() != CONSTRAINT) {
                throw e;
            }
            result = replace(table, row, by);
        }
        applied(table, row, by);
        return result;
    }

    /** Deletes a row. */
    public Result remove(RowTable table, SortedMap<String, @Nullable Object> row, Message by) throws SQLException {
        boolean existed = table.remove(statements, row);
        applied(table, row, by);
        return new Result(existed, 0);
    }

    private Result replace(RowTable table, SortedMap<String, @Nullable Object> row, Message by) throws SQLException {
        List<Map<String, @Nullable Object>> removed = new ArrayList<>();
        boolean existed = Savepoint.undone(statements.connection(), probe -> findConflicts(probe, table, row, removed));
        int quarantined = 0;
        for (Map<String, @Nullable Object> other : removed) {
            boolean isLater = times.isLater(statements, by.time(), table, table.keyText(other));
            if (localWrites == LocalWrites.POSSIBLE || !isLater) {
                Quarantine.add(statements, table, other, by.stream(), by.sequence());
                hasQuarantined = true;
                quarantined++;
            }
        }
        table.replace(statements, row);
        return new Result(existed, quarantined);
    }

    /**
     * Removes the rows that a replace would remove, without triggers, as in a replace; returns whether the row with its
     * key exists.
     */
    private static boolean findConflicts(
            Connection probe,
            RowTable table,
            SortedMap<String, @Nullable Object> row,
            List<Map<String, @Nullable Object>> found)
            throws SQLException {
        for (SchemaObject object : SchemaObject.all(probe)) {
            if (object.isTrigger() && object.table().equalsIgnoreCase(table.name())) {
                Sql.execute(probe, "DROP TRIGGER main." + Sql.quote(object.name()));
            }
        }
        boolean existed;
        try (Statements statements = new Statements(probe)) {
            existed = table.remove(statements, row);
        }
        String key = table.key().iterator().next();
        RowReader reader = RowReader.of(probe, List.copyOf(table.columns()));
        String isOwn = table.keyCondition();
        String insert = table.insert("REPLACE", row) + " ON CONFLICT DO UPDATE SET " + Sql.quote(key) + " = "
                + Sql.quote(key) + " RETURNING " + reader.selected() + ", " + isOwn + " AS own";
        List<@Nullable Object> values = new ArrayList<>(row.values());
        values.addAll(table.keyOf(row));
        try (PreparedStatement statement = probe.prepareStatement(insert)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            boolean isFound;
            do {
                isFound = findConflict(probe, statement, reader, table, found);
            } while (isFound);
        }
        return existed;
    }

    private static boolean findConflict(
            Connection probe,
            PreparedStatement insert,
            RowReader reader,
            RowTable table,
            List<Map<String, @Nullable Object>> found)
            throws SQLException {
        Map<String, @Nullable Object> other;
        try (ResultSet row = insert.executeQuery()) {
            if (!row.next() || row.getBoolean("own")) {
                return false;
            }
            other = readable(reader.read(row));
        }
        found.add(other);
        try (PreparedStatement delete = probe.prepareStatement(
                "DELETE FROM main." + Sql.quote(table.name()) + " WHERE " + table.keyText(other))) {
            if (delete.executeUpdate() == 0) {
                throw new SQLException("the rows of table " + table.name() + " that have a UNIQUE value of the message"
                        + " cannot be determined: no row has the key " + table.keyText(other));
            }
        }
        return true;
    }

    /** Returns a row whose text is a string if it is valid. */
    private static Map<String, @Nullable Object> readable(Map<String, @Nullable Object> row) {
        Map<String, @Nullable Object> values = new TreeMap<>(row);
        values.replaceAll((column, value) -> {
            String text = value instanceof StoredText stored ? stored.string() : null;
            return text == null ? value : text;
        });
        return values;
    }

    private void applied(RowTable table, SortedMap<String, @Nullable Object> row, Message by) throws SQLException {
        boolean mayBeReplaced = schema.unique().contains(table.name());
        if (hasQuarantined || mayBeReplaced) {
            String key = table.keyText(row);
            if (hasQuarantined) {
                Quarantine.remove(statements, table, key);
            }
            if (mayBeReplaced) {
                times.wrote(statements, by.time(), table, key);
            }
        }
        times.applied(statements, by.time());
    }

    /** Ends the changes; the caller commits. */
    public void finish() throws SQLException {
        times.save(statements);
    }

    @Override
    public void close() throws SQLException {
        statements.close();
    }

    /** Whether rows may be newer than all messages that were applied. */
    public enum LocalWrites {
        /** This node writes nothing that its own messages do not write again. */
        NONE,
        /** This node's own messages are not applied. */
        POSSIBLE
    }

    /** Whether a change's row existed, and the number of other rows that are now in quarantine. */
    public record Result(boolean existed, int quarantined) {}

    /** The message of a change, with the time at which the server stored it, if known. */
    public record Message(
            String stream, long sequence, @Nullable Instant at) {

        long time() {
            return AppliedTimes.of(at);
        }
    }
}

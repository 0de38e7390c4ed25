package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.SchemaObject;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Applies HarmonyLite's pending changes to a staged image, copies the logs with their pending rows, and creates
 * HarmonyLite's triggers last, so that no change is logged twice. The user's triggers do not fire: their effects are
 * already in the logs. Used once.
 */
public final class ChangeLogTransfer {

    private static final int CONSTRAINT = 19; // SQLITE_CONSTRAINT

    private final Connection live;
    private final Connection staged;
    private final Set<String> names;
    private final Map<String, RowTable> tables = new TreeMap<>();
    private long pending;

    private ChangeLogTransfer(Connection live, Connection staged, Set<String> names) {
        this.live = live;
        this.staged = staged;
        this.names = names;
    }

    /** Creates a transfer between two databases. It begins and ends no transaction on either connection. */
    public static ChangeLogTransfer of(Connection live, Connection staged) throws SQLException {
        Set<String> tables = SchemaObject.all(staged).stream()
                .filter(SchemaObject::isTable)
                .map(SchemaObject::name)
                .collect(Collectors.toUnmodifiableSet());
        return new ChangeLogTransfer(live, staged, tables);
    }

    /** Transfers the pending changes, then the logs, then their triggers; returns the number of pending changes. */
    public long run() throws SQLException, UnfitException {
        ChangeLogs logs = new ChangeLogs(live);
        if (logs.pending() > 0) {
            redo(logs);
        }
        carryLogs();
        return pending;
    }

    private void redo(ChangeLogs logs) throws SQLException, UnfitException {
        List<SchemaObject> triggers = usersTriggers();
        for (SchemaObject trigger : triggers) {
            Sql.execute(staged, "DROP TRIGGER main." + Sql.quote(trigger.name()));
        }
        logs.<UnfitException>forEach(this::redo);
        for (SchemaObject trigger : triggers) {
            Sql.execute(staged, trigger.sql());
        }
    }

    /** Returns the user's triggers on tables. Triggers on views never fire for a table. */
    private List<SchemaObject> usersTriggers() throws SQLException {
        return SchemaObject.all(staged).stream()
                .filter(object -> object.isTrigger() && names.contains(object.table()))
                .toList();
    }

    private void carryLogs() throws SQLException {
        List<SchemaObject> objects = harmonyLiteObjects();
        for (SchemaObject object : objects) {
            if (object.isTable()) {
                String which = ChangeLogs.isLog(live, object.name()) ? ChangeLogs.PENDING : "1";
                TableTransfer.carry(live, staged, object.name(), which, (target, row) -> {});
            }
        }
        for (SchemaObject object : objects) {
            if (object.isTrigger() && hasSameColumns(object.table())) {
                Sql.execute(staged, object.sql());
            }
        }
    }

    private List<SchemaObject> harmonyLiteObjects() throws SQLException {
        return SchemaObject.all(live).stream()
                .filter(object -> ReservedNames.isHarmonyLites(object.name()))
                .toList();
    }

    private void requireFits(LoggedChange change) throws SQLException, UnfitException {
        if (!Set.of("insert", "update", "delete").contains(change.type())) {
            throw new UnfitException(
                    "entry " + change.number() + " of " + change.log() + " has the unknown type " + change.type(),
                    null);
        }
        if (!names.contains(change.table())) {
            throw new UnfitException("the image has no table " + change.table(), null);
        }
        String differs = in(change.table()).differs(change.row().keySet());
        if (differs != null) {
            throw new UnfitException("the image's schema differs: " + differs, null);
        }
        String damaged = change.damagedColumn();
        if (damaged != null) {
            throw new UnfitException(
                    "column " + damaged + " of entry " + change.number() + " in " + change.log()
                            + " holds text that is invalid in the database's encoding",
                    null);
        }
    }

    private RowTable in(String table) throws SQLException {
        RowTable known = tables.get(table);
        if (known == null) {
            known = RowTable.of(staged, table);
            tables.put(table, known);
        }
        return known;
    }

    /** Returns whether the image's table has the same columns and key; a trigger would fail on another one. */
    private boolean hasSameColumns(String table) throws SQLException {
        return names.contains(table) && RowTable.of(live, table).equals(in(table));
    }

    private void redo(LoggedChange change) throws SQLException, UnfitException {
        requireFits(change);
        pending++;
        RowTable table = in(change.table());
        try (Statements statements = new Statements(staged)) {
            if (change.isDelete()) {
                table.remove(statements, change.row());
            } else {
                table.put(statements, change.row());
            }
        } catch (SQLException e) {
            if (e.getErrorCode() == CONSTRAINT) {
                throw new UnfitException(
                        "entry " + change.number() + " of " + change.log() + " violates a constraint of the image: "
                                + e.getMessage(),
                        e);
            }
            throw e;
        }
    }

    /** A pending change that cannot be applied to the image. The message gives the reason. */
    public static final class UnfitException extends Exception {

        private static final long serialVersionUID = 1L;

        private UnfitException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}

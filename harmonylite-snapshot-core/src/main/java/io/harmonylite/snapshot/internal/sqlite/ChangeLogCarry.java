package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings HarmonyLite's change logs from a live database into an image that is to replace it: first what their pending rows
 * say was done to the data, in the order in which it was done, then the logs with these rows, last the triggers, so that
 * nothing is written down twice. Triggers of the user do not fire meanwhile: what they did is in the logs already. Used once.
 */
public final class ChangeLogCarry {

    private static final int CONSTRAINT = 19; // SQLITE_CONSTRAINT

    private final Connection live;
    private final Connection staged;
    private final Set<String> names;
    private final Map<String, RowTable> tables = new TreeMap<>();
    private long pending;

    private ChangeLogCarry(Connection live, Connection staged, Set<String> names) {
        this.live = live;
        this.staged = staged;
        this.names = names;
    }

    /** A carry from one database to another; on neither connection a transaction is begun or ended. */
    public static ChangeLogCarry of(Connection live, Connection staged) throws SQLException {
        Set<String> tables = SchemaObject.all(staged).stream()
                .filter(SchemaObject::isTable)
                .map(SchemaObject::name)
                .collect(Collectors.toUnmodifiableSet());
        return new ChangeLogCarry(live, staged, tables);
    }

    /**
     * Carries what there is.
     *
     * @return how many changes are pending
     * @throws UnfitException where a pending change does not fit the image
     */
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

    /** Those of tables: a view has none that fire for a table. */
    private List<SchemaObject> usersTriggers() throws SQLException {
        return SchemaObject.all(staged).stream()
                .filter(object -> object.isTrigger() && names.contains(object.table()))
                .toList();
    }

    private void carryLogs() throws SQLException {
        List<SchemaObject> own = own();
        for (SchemaObject object : own) {
            if (object.isTable()) {
                String which = ChangeLogs.isLog(live, object.name()) ? ChangeLogs.PENDING : "1";
                TableCarry.carry(live, staged, object.name(), which, (target, row) -> {});
            }
        }
        for (SchemaObject object : own) {
            if (object.isTrigger() && isSame(object.table())) {
                Sql.execute(staged, object.sql());
            }
        }
    }

    private List<SchemaObject> own() throws SQLException {
        return SchemaObject.all(live).stream()
                .filter(object -> object.name().startsWith(ReservedNames.HARMONYLITE))
                .toList();
    }

    private void requireFits(LoggedChange change) throws SQLException, UnfitException {
        if (!Set.of("insert", "update", "delete").contains(change.type())) {
            throw new UnfitException(
                    "number " + change.number() + " of " + change.log() + " is of type " + change.type()
                            + ", which is not known",
                    null);
        }
        if (!names.contains(change.table())) {
            throw new UnfitException("the image has no table " + change.table(), null);
        }
        String differs = in(change.table()).differs(change.row().keySet());
        if (differs != null) {
            throw new UnfitException("the image has another schema: " + differs, null);
        }
        String damaged = change.damagedColumn();
        if (damaged != null) {
            throw new UnfitException(
                    "column " + damaged + " of number " + change.number() + " in " + change.log()
                            + " holds text that is not of the database's encoding",
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

    /** A trigger that names columns which the image has not would fail every write of the application. */
    private boolean isSame(String table) throws SQLException {
        return names.contains(table) && RowTable.of(live, table).equals(in(table));
    }

    private void redo(LoggedChange change) throws SQLException, UnfitException {
        requireFits(change);
        pending++;
        RowTable table = in(change.table());
        try {
            if (change.isDelete()) {
                table.remove(staged, change.row());
            } else {
                table.put(staged, change.row());
            }
        } catch (SQLException e) {
            if (e.getErrorCode() == CONSTRAINT) {
                throw new UnfitException(
                        "number " + change.number() + " of " + change.log() + " breaks a constraint of the image: "
                                + e.getMessage(),
                        e);
            }
            throw e;
        }
    }

    /** A pending change that cannot be made again in the image. Says why. */
    public static final class UnfitException extends Exception {

        private static final long serialVersionUID = 1L;

        private UnfitException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}

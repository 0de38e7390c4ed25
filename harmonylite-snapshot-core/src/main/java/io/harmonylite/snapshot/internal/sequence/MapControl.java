package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Operations of takes, restores and recovery on a map of either kind, none of which is allowed inside an action of the
 * map or after a file map was closed. What only a file map needs does nothing by default. Thread-safe.
 */
public interface MapControl {

    /** Names of the tables of a map that is in its database. */
    String TABLES = PositionTables.NAMES;

    /** Returns the control of a {@code SequenceMap}; does no I/O. */
    static MapControl of(Closeable map, DatabasePath database, SqliteConnector connector) {
        MapControl file = FileMapAccess.controlOf(map);
        return file == null ? new TableMapControl(database, connector) : file;
    }

    /** Sets the database to which a map belongs, to bind a new file map after its first count. */
    static void attach(Closeable map, Supplier<Binder> database) {
        MapControl file = FileMapAccess.controlOf(map);
        if (file != null) {
            file.attach(database);
        }
    }

    /** Returns the state of a database's own tables as a connection sees them; empty if there are none. */
    static Optional<MapState> stateIn(Connection connection) throws SQLException {
        PositionTables tables = new PositionTables(connection);
        return tables.exist() ? Optional.of(TableMapControl.state(tables.read())) : Optional.empty();
    }

    /** Returns the control of the table map in a database, even if its host named none; empty if it has none. */
    static Optional<MapControl> inside(DatabasePath database, SqliteConnector connector) {
        boolean exists = LiveReader.look(database, connector, look -> new PositionTables(look).exist());
        return exists ? Optional.of(new TableMapControl(database, connector)) : Optional.empty();
    }

    /** Returns whether the map is part of the database, so that replacing the database replaces the map. */
    boolean isInDatabase();

    /** Throws inside an action, and does nothing else. */
    default void requireOutsideAction() {}

    /** Reads the map; returns no positions for a table map whose database or tables are missing. */
    MapState read();

    /**
     * Sets the positions of some streams by a decision of recovery, drops ahead ranges that these contradict, and
     * leaves other streams; durable on return. For a table map the database must exist.
     */
    void put(Positions positions);

    /** Sets the database to which the map belongs; see {@link #attach(Closeable, Supplier)}. */
    default void attach(Supplier<Binder> database) {}

    /**
     * Binds a file map and its database, which the caller has checked: raises the counter in the database first, then
     * in the map. Durable on return. Does nothing if nothing was counted since the last call.
     */
    default void bind(Binder database) {}

    /** Begins a read transaction on a connected database and reads the map's state at that moment. */
    MapState hold(LiveDatabase live);

    /** Waits for running actions and begins a restore, which rejects counts until it ends, also waiting ones. */
    Restoring beginRestore();

    /**
     * Sets a file map to what a restore has left in the database, if the restore itself did not do it; durable on
     * return.
     */
    default void reconcile(Positions positions, String restoreId) {}

    /** Accepts counts again when map and database belong together, and no restore can run. */
    default void settled() {}

    /**
     * Replaces all positions and the binding, because the database begins anew or the map was that of another one;
     * durable on return. For a table map the database must exist.
     */
    void restart(Positions positions, @Nullable String restoreId, String bindingId);

    /** A restore of the data. Used by one thread. */
    interface Restoring extends AutoCloseable {

        /** Writes the node's part into the staged image: a table map's positions, or a file map's binding. */
        void stage(Connection staged, Positions positions, String restoreId) throws SQLException;

        /** Rejects counts until {@link MapControl#reconcile}: the install failed after the image was in place. */
        default void uncertain() {}

        /**
         * Replaces all positions and records the restore, after the image was put in its place; durable on return. If
         * this fails, counts are rejected until {@link MapControl#reconcile} has succeeded.
         */
        default void installed(Positions positions, String restoreId) {}

        /** Ends the restore; the map is unchanged if nothing was installed. */
        @Override
        default void close() {}
    }
}

package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What takes, restores and recovery do with a map, whichever kind it is. Thread-safe. Every method is an
 * {@link IllegalStateException} inside an action of the map, and where a file map is closed.
 */
public sealed interface MapControl permits FileMapControl, TableMapControl {

    /** The hold on a map; does no I/O. */
    static MapControl of(SequenceMap map, DatabasePath database, SqliteConnector connector) {
        return map instanceof FileSequenceMap file
                ? FileMapHandle.controlOf(file)
                : new TableMapControl(database, connector);
    }

    /** The tables of a map that is in its database. */
    String TABLES = PositionTables.NAMES;

    /** What a database's own tables say, as a connection sees them; empty where there are none. */
    static Optional<MapState> stateIn(Connection connection) throws SQLException {
        PositionTables tables = new PositionTables(connection);
        return tables.exist() ? Optional.of(TableMapControl.state(tables.read())) : Optional.empty();
    }

    /** The hold on a map in an existing database whose tables tell of one; its host need not have named it. */
    static Optional<MapControl> inside(DatabasePath database, SqliteConnector connector) {
        boolean exists = LiveReader.look(database, connector, look -> new PositionTables(look).exist());
        return exists ? Optional.of(new TableMapControl(database, connector)) : Optional.empty();
    }

    /** Whether the map is part of the database, so that what replaces the one replaces the other. */
    boolean isInDatabase();

    /** Does nothing but throw inside an action. */
    void requireOutsideAction();

    /** Reads the map; of a table map whose database or tables are missing, nothing. */
    MapState read();

    /**
     * Sets the positions of some streams and leaves the others, by a decision of recovery: 0 for a new stream, a creation
     * time that was learned, a position that a person accepted. Ahead ranges of these streams at or before the new
     * position, or of another creation time, are dropped. Durable on return. The database must exist for a table map.
     */
    void put(Positions positions);

    /**
     * Begins a read transaction and reads the positions it stands for: of a table map in that transaction, of a file map
     * with the gate closed around both.
     *
     * @param live connected, and not begun yet; begun on return
     */
    default Positions capture(LiveDatabase live) {
        return hold(live).positions();
    }

    /** As {@link #capture}, with all that the map says at that moment. */
    MapState hold(LiveDatabase live);

    /** Begins a restore: waits for running actions, and refuses counts until it has ended, those too that wait already. */
    Restoring beginRestore();

    /** A restore of the data. Used by one thread. */
    interface Restoring extends AutoCloseable {

        /** Writes positions into the staged image, where the map lives there. */
        void stage(Connection staged, Positions positions) throws SQLException;

        /**
         * The install failed after the image was put in its place: counts stay refused until
         * {@link MapControl#reconcile} has succeeded.
         */
        void uncertain();

        /**
         * The image is in its place: sets all positions to these alone, drops ahead ranges, and notes the restore;
         * durable on return. Where it fails, counts stay refused until {@link MapControl#reconcile} has succeeded.
         */
        void installed(Positions positions, String restoreId);

        /** Ends it; where nothing was installed the map is as it was. */
        @Override
        void close();
    }

    /**
     * Sets the map to what a restore has left in the database, where the restore itself did not get to it: all positions
     * to these alone, and the restore's id; durable on return. Does nothing to a table map.
     */
    void reconcile(Positions positions, String restoreId);

    /**
     * What a restore left uncertain was found out, and map and database belong together: counts are let through again. To be
     * called while no restore of the database can run.
     */
    void settled();

    /**
     * The database begins anew, or was replaced by other means than a restore: sets all positions to these alone, and
     * knows of no restore any more; durable on return. The database must exist for a table map.
     */
    void restart(Positions positions);
}

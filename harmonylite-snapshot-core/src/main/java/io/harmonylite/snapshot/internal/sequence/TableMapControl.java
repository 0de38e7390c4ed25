package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Operations of takes, restores and recovery on a table map. Immutable and thread-safe. */
final class TableMapControl implements MapControl {

    private final DatabasePath database;
    private final SqliteConnector connector;

    TableMapControl(DatabasePath database, SqliteConnector connector) {
        this.database = database;
        this.connector = connector.untrusting();
    }

    @Override
    public boolean isInDatabase() {
        return true;
    }

    @Override
    public MapState read() {
        if (isMissing()) {
            return state(SequenceMapData.NEW);
        }
        try (LiveDatabase live = LiveDatabase.open(database, connector)) {
            return state(live.read(connection -> new PositionTables(connection).read()));
        }
    }

    private boolean isMissing() {
        try {
            return database.isMissingOrEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MapState state(SequenceMapData data) {
        return new MapState(data.positions(), data.ahead(), Optional.empty(), Optional.empty(), Rest.UNKNOWN);
    }

    @Override
    public void put(Positions positions) {
        write(positions, PositionTables::put);
    }

    @Override
    public void restart(Positions positions, @Nullable String restoreId, String bindingId) {
        write(positions, PositionTables::replace);
    }

    private void write(Positions positions, Write write) {
        Counting.checkPositions(positions);
        try (Connection connection = connector.open(database.file())) {
            connection.setAutoCommit(false);
            write.to(new PositionTables(connection), positions);
            connection.commit();
        } catch (SQLException e) {
            throw SqliteFailures.translate(database.file(), e);
        }
    }

    @Override
    public MapState hold(LiveDatabase live) {
        live.begin();
        return state(live.read(connection -> new PositionTables(connection).read()));
    }

    @Override
    public Restoring beginRestore() {
        return new TableRestoring();
    }

    private interface Write {
        void to(PositionTables tables, Positions positions) throws SQLException;
    }

    /** A restore of the database that contains the map. */
    private static final class TableRestoring implements Restoring {

        @Override
        public void stage(Connection staged, Positions positions, String restoreId) throws SQLException {
            new PositionTables(staged).replace(positions);
        }
    }
}

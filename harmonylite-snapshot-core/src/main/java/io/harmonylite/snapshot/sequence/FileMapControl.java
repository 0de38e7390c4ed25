package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.sequence.Counting;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import java.sql.Connection;
import java.util.Optional;

/** Operations of takes, restores and recovery on a file map. Thread-safe. */
final class FileMapControl implements MapControl {

    private final Gate gate;
    private final InMemoryPositions counted;
    private final GroupCommit commit;

    FileMapControl(Gate gate, InMemoryPositions counted, GroupCommit commit) {
        this.gate = gate;
        this.counted = counted;
        this.commit = commit;
    }

    @Override
    public boolean isInDatabase() {
        return false;
    }

    @Override
    public void requireOutsideAction() {
        gate.requireOutside();
    }

    @Override
    public MapState read() {
        // Not alone, so that a plan waits for no running action. A message that is committed but not yet counted may be
        // missing, as if the map had been read a moment earlier.
        gate.requireOutside();
        gate.checkOpen();
        return state();
    }

    private MapState state() {
        SequenceMapData data = counted.state().data();
        Rest rest = data.history() == History.ADOPTED ? Rest.AT_ZERO : Rest.UNKNOWN;
        return new MapState(data.positions(), data.ahead(), Optional.ofNullable(data.restoreId()), rest);
    }

    @Override
    public void put(Positions positions) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> {
            gate.requireNoRestore();
            return counted.put(positions);
        }));
    }

    @Override
    public MapState hold(LiveDatabase live) {
        return gate.aloneInterruptibly(() -> {
            gate.requireNoRestore();
            live.begin();
            return state();
        });
    }

    @Override
    public void reconcile(Positions positions, String restoreId) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> counted.replace(positions, restoreId)));
        gate.endRestore();
    }

    @Override
    public void settled() {
        gate.endRestore();
    }

    @Override
    public void restart(Positions positions) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> {
            gate.requireNoRestore();
            return counted.replace(positions, null);
        }));
    }

    @Override
    public Restoring beginRestore() {
        gate.beginRestore();
        return new FileRestoring();
    }

    /** A restore of the database to which the map belongs. */
    private final class FileRestoring implements Restoring {

        private boolean certain = true;

        @Override
        public void stage(Connection staged, Positions positions) {
            // The map is not part of the image.
        }

        @Override
        public void uncertain() {
            certain = false;
        }

        @Override
        public void installed(Positions positions, String restoreId) {
            certain = false;
            reconcile(positions, restoreId);
            certain = true;
        }

        @Override
        public void close() {
            if (certain) {
                gate.endRestore();
            }
        }
    }
}

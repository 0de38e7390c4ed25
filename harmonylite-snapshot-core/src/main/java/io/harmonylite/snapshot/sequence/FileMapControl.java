package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.sequence.Binder;
import io.harmonylite.snapshot.internal.sequence.Counting;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sequence.PositionTables;
import io.harmonylite.snapshot.internal.sqlite.BindingTable;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.sequence.FileSequenceMap.Binds;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Operations of takes, restores and recovery on a file map. Thread-safe. */
final class FileMapControl implements MapControl {

    private static final Logger LOG = LoggerFactory.getLogger(FileMapControl.class);

    private final Gate gate;
    private final InMemoryPositions counted;
    private final GroupCommit commit;
    private final Binds binds;
    private final ReentrantLock binding = new ReentrantLock();
    private volatile @Nullable Supplier<Binder> attached;
    private volatile boolean isBindable;
    private long lastBound = -1;

    FileMapControl(Gate gate, InMemoryPositions counted, GroupCommit commit, Binds binds) {
        this.gate = gate;
        this.counted = counted;
        this.commit = commit;
        this.binds = binds;
        this.isBindable = isNew(counted.state().data());
    }

    /** Returns whether a map claims nothing and has no confirmed binding: it belongs to the database it counts for. */
    private static boolean isNew(SequenceMapData data) {
        Binding bound = data.binding();
        return (bound == null || !bound.isConfirmed())
                && data.positions().byStream().values().stream().allMatch(position -> position.sequence() == 0);
    }

    @Override
    public void attach(Supplier<Binder> database) {
        attached = binds == Binds.YES ? database : null;
    }

    @Override
    public void bind(Binder database) {
        if (binds == Binds.YES && !database.isDatabaseMissing()) {
            try (Gate.Pass pass = gate.enter()) {
                advance(database);
            }
        }
    }

    /**
     * Binds a new map to the database that the host's first transaction has written, before that is counted: after a
     * crash a position without a binding is not accepted. A failure is only logged; the next count, take or start
     * repeats it.
     */
    void bindFirst() {
        if (!isBindable || attached == null || !gate.isOutermost()) {
            return;
        }
        binding.lock();
        try {
            Supplier<Binder> supplier = attached;
            if (isBindable && supplier != null) {
                Binder database = supplier.get();
                if (!database.isDatabaseMissing()) {
                    advance(database);
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("The sequence map was not bound to its database; the next count, take or start binds it", e);
        } finally {
            binding.unlock();
        }
    }

    /** Raises the counter, unless nothing was counted since it was raised. Called inside the gate. */
    private void advance(Binder database) {
        binding.lock();
        try {
            long before = counted.lastChange();
            if (before == lastBound) {
                return;
            }
            Binding now = counted.state().data().binding();
            if (now == null) { // The map has the id first: a crash in between leaves a pair that is not bound yet.
                now = database.fresh();
                before = counted.bind(now);
                commit.await(before);
            }
            long change = counted.bind(database.advance(now));
            commit.await(change);
            lastBound = change == before + 1 ? change : -1;
            isBindable = false;
        } finally {
            binding.unlock();
        }
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
        return new MapState(
                data.positions(),
                data.ahead(),
                Optional.ofNullable(data.restoreId()),
                Optional.ofNullable(data.binding()),
                rest);
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
        replace(positions, new Binding(restoreId, 0));
    }

    /** Replaces everything after a restore, whose id is that of the binding. */
    private void replace(Positions positions, Binding restore) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> counted.replace(positions, restore.id(), restore)));
        gate.endRestore();
    }

    @Override
    public void settled() {
        gate.endRestore();
        binding.lock();
        try {
            lastBound = -1; // The database may have been replaced since, so recovery always binds it.
        } finally {
            binding.unlock();
        }
    }

    @Override
    public void restart(Positions positions, @Nullable String restoreId, String bindingId) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> {
            gate.requireNoRestore();
            return counted.replace(positions, restoreId, new Binding(bindingId, 0));
        }));
        isBindable = true;
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
        public void stage(Connection staged, Positions positions, String restoreId) throws SQLException {
            new PositionTables(staged).drop();
            BindingTable.write(staged, new Binding(restoreId, 1));
        }

        @Override
        public void uncertain() {
            certain = false;
        }

        @Override
        public void installed(Positions positions, String restoreId) {
            certain = false;
            replace(positions, new Binding(restoreId, 1));
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

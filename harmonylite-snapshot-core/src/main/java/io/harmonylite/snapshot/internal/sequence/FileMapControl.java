package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.sequence.Book.Page;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import java.sql.Connection;
import java.util.Optional;

/** Takes, restores and recovery at a file map. Thread-safe. */
final class FileMapControl implements MapControl {

    private final Gate gate;
    private final Book book;
    private final GroupCommit commit;

    FileMapControl(Gate gate, Book book, GroupCommit commit) {
        this.gate = gate;
        this.book = book;
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
        return gate.alone(() -> state(book.page()));
    }

    private static MapState state(Page page) {
        Rest rest = page.data().history() == History.ADOPTED ? Rest.AT_ZERO : Rest.UNKNOWN;
        Optional<String> restoreId = Optional.ofNullable(page.data().restoreId());
        return new MapState(page.data().positions(), page.data().ahead(), restoreId, rest);
    }

    @Override
    public void put(Positions positions) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> {
            gate.requireNoRestore();
            return book.put(positions);
        }));
    }

    @Override
    public MapState hold(LiveDatabase live) {
        return gate.aloneInterruptibly(() -> {
            gate.requireNoRestore();
            live.begin();
            return state(book.page());
        });
    }

    @Override
    public void reconcile(Positions positions, String restoreId) {
        set(positions, restoreId);
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
            return book.replace(positions, null);
        }));
    }

    private void set(Positions positions, String restoreId) {
        Counting.checkPositions(positions);
        commit.await(gate.alone(() -> book.replace(positions, restoreId)));
        gate.endRestore();
    }

    @Override
    public Restoring beginRestore() {
        gate.beginRestore();
        return new FileRestoring();
    }

    /** A restore beside the map. */
    private final class FileRestoring implements Restoring {

        private boolean settled = true;

        @Override
        public void stage(Connection staged, Positions positions) {
            // The map is no part of the image.
        }

        @Override
        public void uncertain() {
            settled = false;
        }

        @Override
        public void installed(Positions positions, String restoreId) {
            settled = false;
            set(positions, restoreId);
            settled = true;
        }

        @Override
        public void close() {
            if (settled) {
                gate.endRestore();
            }
        }
    }
}

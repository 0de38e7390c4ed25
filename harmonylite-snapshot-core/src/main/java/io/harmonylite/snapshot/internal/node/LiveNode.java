package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.sequence.SequenceMap;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A live database with its sequence map and its pending changes. Admits one operation at a time until it is closed.
 * Thread-safe.
 */
public final class LiveNode {

    private final Path database;
    private final @Nullable SequenceMap positions;
    private final @Nullable PendingChanges changes;
    private final SqliteConnector connector;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean restoring;
    private volatile boolean closed;

    /**
     * Creates a node.
     *
     * @param positions sequence map of the node; null if it has none
     * @param changes source of its pending changes; null if it never has any
     */
    public LiveNode(
            Path database, @Nullable SequenceMap positions, @Nullable PendingChanges changes, SqliteConnector connector) {
        this.database = database;
        this.positions = positions;
        this.changes = changes;
        this.connector = connector;
    }

    /** Returns the path of the database, with symbolic links resolved now. */
    public DatabasePath path() {
        return DatabasePath.resolve(database);
    }

    /** Returns whether the node has a sequence map. */
    public boolean hasMap() {
        return positions != null;
    }

    /**
     * Returns the sequence map and the pending changes of the node.
     *
     * @throws IllegalStateException if called inside an action of the map
     */
    public NodeState state(DatabasePath path) {
        if (positions == null) {
            return new NodeState(null, changes);
        }
        MapControl map = MapControl.of(positions, path, connector);
        map.requireOutsideAction();
        return new NodeState(map, changes);
    }

    /**
     * Returns the positions of the node; null if it has no map.
     *
     * @throws IllegalStateException if called inside an action of the map
     */
    public @Nullable Positions positions(DatabasePath path) {
        MapControl map = state(path).map();
        return map == null ? null : map.read().positions();
    }

    /**
     * Runs an operation exclusively.
     *
     * @throws IllegalStateException if the node is closed
     * @throws SnapshotInProgressException if another operation is running
     */
    public <T> T alone(Function<DatabasePath, T> work) {
        requireOpen();
        return aloneThoughClosed(work);
    }

    /** Runs an operation like {@link #alone}, even if the node is closed, for work that began before. */
    public <T> T aloneThoughClosed(Function<DatabasePath, T> work) {
        if (!busy.compareAndSet(false, true)) {
            throw new SnapshotInProgressException(
                    "a take or restore of " + database + " is already running; wait until it ends");
        }
        try {
            return work.apply(path());
        } finally {
            busy.set(false);
        }
    }

    /** Runs an operation that may replace the database. Called inside {@link #alone}. */
    public <T> T restoring(Supplier<T> work) {
        restoring = true;
        try {
            return work.get();
        } finally {
            restoring = false;
        }
    }

    /** Returns whether an operation that may replace the database is running. */
    public boolean isRestoring() {
        return restoring;
    }

    /** Closes the node: no operation begins afterwards. */
    public void close() {
        closed = true;
    }

    /**
     * Throws if the node is closed.
     *
     * @throws IllegalStateException if the node is closed
     */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the manager of " + database + " is closed");
        }
    }

    /** Returns the path of the database as it was given. */
    @Override
    public String toString() {
        return database.toString();
    }
}

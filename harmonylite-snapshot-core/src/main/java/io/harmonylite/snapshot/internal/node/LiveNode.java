package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.LocalChanges;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.restore.NodeState;
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
 * A live database, the map that counts its positions, and its changes that are not published. One operation at a time works
 * on it, until it is closed. Thread-safe.
 */
public final class LiveNode {

    private final Path database;
    private final @Nullable SequenceMap positions;
    private final @Nullable LocalChanges changes;
    private final SqliteConnector connector;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean restoring;
    private volatile boolean closed;

    /**
     * A node.
     *
     * @param positions its sequence map; null where it has none
     * @param changes its changes that are not published; null where it never has such
     */
    public LiveNode(
            Path database, @Nullable SequenceMap positions, @Nullable LocalChanges changes, SqliteConnector connector) {
        this.database = database;
        this.positions = positions;
        this.changes = changes;
        this.connector = connector;
    }

    /** Its database, as the path leads there now. */
    public DatabasePath path() {
        return DatabasePath.resolve(database);
    }

    /** Whether it counts positions. */
    public boolean hasMap() {
        return positions != null;
    }

    /**
     * What it has beside its database.
     *
     * @throws IllegalStateException inside an action of the map
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
     * How far it is; null where it has no map.
     *
     * @throws IllegalStateException inside an action of the map
     */
    public @Nullable Positions positions(DatabasePath path) {
        MapControl map = state(path).map();
        return map == null ? null : map.read().positions();
    }

    /**
     * Does something while nothing else is done.
     *
     * @throws IllegalStateException where it is closed
     * @throws SnapshotInProgressException where something is done already
     */
    public <T> T alone(Function<DatabasePath, T> work) {
        requireOpen();
        return aloneThoughClosed(work);
    }

    /** As {@link #alone}, for what was begun before it was closed. */
    public <T> T aloneThoughClosed(Function<DatabasePath, T> work) {
        if (!busy.compareAndSet(false, true)) {
            throw new SnapshotInProgressException(
                    "a take or restore of " + database + " runs already; wait until it is done");
        }
        try {
            return work.apply(path());
        } finally {
            busy.set(false);
        }
    }

    /** Does something that may replace the database; alone. */
    public <T> T restoring(Supplier<T> work) {
        restoring = true;
        try {
            return work.get();
        } finally {
            restoring = false;
        }
    }

    /** Whether something is done that may replace the database. */
    public boolean isRestoring() {
        return restoring;
    }

    /** Nothing more is to be begun. */
    public void close() {
        closed = true;
    }

    /**
     * Lets open nodes pass.
     *
     * @throws IllegalStateException where it is closed
     */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the manager of " + database + " is closed");
        }
    }

    /** The path of its database, as it was given. */
    @Override
    public String toString() {
        return database.toString();
    }
}

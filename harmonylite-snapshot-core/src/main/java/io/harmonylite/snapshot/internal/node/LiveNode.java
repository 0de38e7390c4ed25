package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.InstallMethod;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.sequence.Binder;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.sequence.SequenceMap;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A live database with its map and its pending changes. Allows one operation at a time. Thread-safe. */
public final class LiveNode {

    private static final Logger LOG = LoggerFactory.getLogger(LiveNode.class);

    private final Path database;
    private final @Nullable SequenceMap map;
    private final @Nullable PendingChanges changes;
    private final SqliteConnector connector;
    private final Supplier<String> names;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean restoring;
    private volatile boolean closed;

    /** Creates a node; does no I/O. It may have no map or no pending changes. */
    public LiveNode(
            Path database,
            @Nullable SequenceMap map,
            @Nullable PendingChanges changes,
            SqliteConnector connector,
            Supplier<String> names) {
        this.database = database;
        this.map = map;
        this.changes = changes;
        this.connector = connector;
        this.names = names;
        if (map != null) {
            MapControl.attach(map, () -> binder(path()));
        }
    }

    private Binder binder(DatabasePath path) {
        return new Binder(path, connector, names);
    }

    /**
     * Raises the counter by which map and database know each other. A failure is only logged: only an older copy that
     * is put back is then detected later.
     */
    public void bind(DatabasePath path) {
        MapControl control = state(path).map();
        if (control != null) {
            try {
                control.bind(binder(path));
            } catch (SnapshotException | UncheckedIOException e) {
                LOG.warn("The sequence map and {} were not bound again", path, e);
            }
        }
    }

    /** Binds map and database like {@link #bind}, if a check shows that they belong together. */
    public void bindIf(BiPredicate<DatabasePath, NodeState> check) {
        try {
            DatabasePath path = path();
            if (map != null && check.test(path, state(path))) {
                bind(path);
            }
        } catch (SnapshotException e) {
            LOG.warn("The sequence map and {} were not bound again", database, e);
        }
    }

    /** Resolves the path of the database, with the symbolic links as they are now. */
    public DatabasePath path() {
        return DatabasePath.resolve(database);
    }

    /** Returns whether the node has a sequence map. */
    public boolean hasMap() {
        return map != null;
    }

    /** Returns the node's sequence map and pending changes; throws inside an action of the map. */
    public NodeState state(DatabasePath path) {
        if (map == null) {
            return new NodeState(null, changes);
        }
        MapControl control = MapControl.of(map, path, connector);
        control.requireOutsideAction();
        return new NodeState(control, changes);
    }

    /** Reads the positions of the sequence map; null if there is none. Throws inside an action of the map. */
    public @Nullable Positions positions(DatabasePath path) {
        MapControl control = state(path).map();
        return control == null ? null : control.read().positions();
    }

    /** Claims the database for one operation, until the claim is closed; throws if it is claimed or closed. */
    public Claim claim() {
        requireOpen();
        return claimThoughClosed();
    }

    /** Claims the database as {@link #claim} does, for an operation that may replace it by this method. */
    public Claim claimForRestore(InstallMethod method) {
        requireOpen();
        Claim claim = claim(method);
        restoring = true;
        return claim;
    }

    /** Claims the database as {@link #claim} does, also after the node is closed: for the last take of the loop. */
    public Claim claimThoughClosed() {
        return claim(InstallMethod.SWAP);
    }

    private Claim claim(InstallMethod method) {
        if (!busy.compareAndSet(false, true)) {
            throw new SnapshotInProgressException(
                    "a take, restore or recovery of " + database + " is running; wait until it has ended");
        }
        try {
            return new Claim(DatabasePath.resolve(database, method));
        } catch (RuntimeException | Error e) {
            busy.set(false);
            throw e;
        }
    }

    /** Returns whether an operation runs that may replace the database. */
    public boolean isRestoring() {
        return restoring;
    }

    /** Rejects further operations. */
    public void close() {
        closed = true;
    }

    /** Throws if the node is closed. */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the manager of " + database + " is closed");
        }
    }

    /** Returns the path of the database as it was configured. */
    @Override
    public String toString() {
        return database.toString();
    }

    /** An exclusive claim on the database, released by {@link #close}. Used by one thread. */
    public final class Claim implements AutoCloseable {

        private final DatabasePath path;

        private Claim(DatabasePath path) {
            this.path = path;
        }

        /** Returns the path of the database, resolved when it was claimed. */
        public DatabasePath path() {
            return path;
        }

        /** Returns the node's sequence map and pending changes; throws inside an action of the map. */
        public NodeState state() {
            return LiveNode.this.state(path);
        }

        @Override
        public void close() {
            restoring = false;
            busy.set(false);
        }
    }
}

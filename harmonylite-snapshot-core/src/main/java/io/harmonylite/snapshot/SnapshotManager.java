package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.exception.UnknownPositionsException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteRestore;
import io.harmonylite.snapshot.internal.health.NodeFacts;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.node.NodeTakes;
import io.harmonylite.snapshot.internal.observation.Finding;
import io.harmonylite.snapshot.internal.observation.Observation;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of a live database, restores onto it, and recovers it before it is used. One manager for one database
 * and one name in a store; a host has as many as it has databases.
 *
 * <p>Thread-safe. One take, restore or recovery at a time: a second one is refused, it does not wait. Store, executor and
 * connections stay the host's.
 */
public final class SnapshotManager implements AutoCloseable {

    private final LiveNode node;
    private final SnapshotRepository repository;
    private final Observation observation;
    private final NodeTakes takes;
    private final RestorePipeline restores;
    private final HarmonyLiteRestore foreignRestores;
    private final RecoveryPipeline recoveries;
    private final ManagerUpkeep upkeep;
    private final Watching watching;
    private final NodeFacts facts;
    private final HealthPolicy healthPolicy;
    private final @Nullable Streams streams;

    private SnapshotManager(ManagerOptions options, ManagerParts parts) {
        this.node = parts.node();
        this.repository = parts.repository();
        this.observation = parts.observation();
        this.takes = parts.takes();
        this.restores = parts.restores();
        this.foreignRestores = parts.foreignRestores();
        this.recoveries = parts.recoveries();
        this.upkeep = new ManagerUpkeep(options, parts);
        this.watching = ManagerDuties.watching(options, parts, upkeep);
        this.facts = new ManagerFacts(parts, watching);
        this.healthPolicy = options.healthPolicy;
        this.streams = options.streams;
    }

    /**
     * Begins to build a manager.
     *
     * @param name what the database's snapshots are called in the store: {@code [A-Za-z0-9._-]{1,64}}, not {@code .} or
     *     {@code ..}. One name, one database
     * @param database path of the live database; it is never created and never opened but by SQLite
     * @throws IllegalArgumentException where the name is not of that form
     */
    public static Builder builder(String name, Path database, SnapshotStore store) {
        return new Builder(Objects.requireNonNull(database, "database"), SnapshotRepository.catalog(name, store));
    }

    /**
     * Takes a snapshot that stands for the positions of the sequence map, as that and the database are at one moment; for
     * no positions where there is no map. As {@link #take(Positions)}.
     *
     * <p>Where the manager knows the streams the plan of {@link #plan()} is made first, and anything but up to date or
     * replay forbids the take: a snapshot of a node that misses messages would hand its gap on. Then it waits for a state
     * in which nothing is still to be published.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws StreamGapException where the node must be recovered first
     * @throws StreamResetException where a stream is not the one that was followed
     * @throws PositionsLostException where the map's positions are not those of the database
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws PendingChangesException where changes stay unpublished for longer than the take waits
     */
    public SnapshotInfo take() {
        return takeAlone(Positions.none());
    }

    /**
     * Takes a snapshot; committed, durable and confirmed on return. In WAL mode writers go on meanwhile; in rollback mode
     * they wait while the pages are copied.
     *
     * @param given positions that the database has reached already: read them <em>before</em> the call, so that the image
     *     is never behind them
     * @throws DatabaseNotFoundException where there is no database
     * @throws DatabaseDamagedException where it is empty, damaged, encrypted or something else
     * @throws DatabaseInUseException where others keep it locked for longer than the busy time-out
     * @throws InsufficientSpaceException where there is too little room for the copy, or in the store
     * @throws SnapshotConfigurationException where a setting, a permission or the schema does not allow it, and where the
     *     manager has a sequence map
     * @throws SnapshotInProgressException where this manager is at work, the database is being restored, or another node
     *     holds the lease
     * @throws StoreUnavailableException where the store cannot be reached
     * @throws IndeterminateCommitException where the snapshot may or may not exist
     * @throws SnapshotInterruptedException where the thread was interrupted
     */
    public SnapshotInfo take(Positions given) {
        if (node.hasMap()) {
            throw new SnapshotConfigurationException("the positions of " + node
                    + " are those of its sequence map, and cannot be given by hand beside it");
        }
        return takeAlone(given);
    }

    private SnapshotInfo takeAlone(Positions given) {
        return alone(
                Operation.TAKE, path -> takes.run(path, given), taken -> Finding.of(taken.id(), taken.storedBytes()));
    }

    /** Lists the snapshots that are there now; as {@link SnapshotRepository#list}. */
    public SnapshotListing list() {
        return repository.list();
    }

    /** Verifies a snapshot; as {@link SnapshotRepository#verify}. */
    public VerifyReport verify(SnapshotId id, VerifyDepth depth) {
        return repository.verify(id, depth);
    }

    /**
     * A restore drill: proves that the latest snapshot can be restored, in scratch beside the database; as {@link
     * SnapshotRepository#prove()}. Takes and restores may run meanwhile.
     */
    public VerifyReport prove() {
        node.requireOpen();
        return repository.prove();
    }

    /**
     * Restores onto the live database's path; as {@link SnapshotRepository#restore}. The sequence map refuses to count
     * meanwhile, and is at the snapshot's positions on return; changes that this node has not published are carried over,
     * unless the request says otherwise.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws PendingChangesException where changes that are not published forbid it, or cannot be read
     */
    public RestoreReport restore(RestoreRequest request) {
        return alone(
                Operation.RESTORE,
                path -> node.restoring(() -> restores.run(request, path, node.state(path))),
                SnapshotRepository::finding);
    }

    /**
     * Restores a snapshot of HarmonyLite's onto the live database's path, by the stages that every other one goes through:
     * verified before anything live is touched, changes that this node has not published carried over. The streams' states
     * are read first; on return the sequence map is before the first message that each stream keeps, so that all of them are
     * applied on top of it, and the report says what could not be proven.
     *
     * @throws UnknownPositionsException where the request does not accept that its positions are not known
     * @throws IllegalStateException inside an action of the map
     * @throws SnapshotNotFoundException where there is none
     * @throws CorruptSnapshotException where it is damaged, or no database
     * @throws SnapshotConfigurationException where there is a sequence map and no streams, a stream does not exist, or a
     *     permission does not allow it
     * @throws SchemaMismatchException where it has an older schema than the database
     * @throws DatabaseInUseException where others use the database
     * @throws PendingChangesException where changes that are not published forbid it, or cannot be carried over
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws StoreUnavailableException where its place cannot be reached
     */
    public HarmonyLiteRestoreReport restore(HarmonyLiteRestoreRequest request) {
        return alone(
                Operation.RESTORE,
                path -> node.restoring(
                        () -> foreignRestores.run(request, path, node.state(path), recoveries.streamStates())),
                report -> Finding.of(report.restore().snapshot().image().bytes()));
    }

    /** As {@link #plan(RecoveryOptions)}, with nothing allowed. */
    public RecoveryPlan plan() {
        return plan(RecoveryOptions.defaults());
    }

    /**
     * Says what {@link #recover(RecoveryOptions)} would do, and why. Changes nothing.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws SnapshotConfigurationException where a stream does not exist and never did, or must not be asked
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public RecoveryPlan plan(RecoveryOptions options) {
        node.requireOpen();
        DatabasePath path = node.path();
        return recoveries.plan(path, node.state(path), options);
    }

    /** As {@link #recover(RecoveryOptions)}, with nothing allowed. */
    public RecoveryReport recover() {
        return recover(RecoveryOptions.defaults());
    }

    /**
     * Makes it safe to go on: decides by {@link RecoveryPlan}, restores a snapshot where that is needed, and leaves the
     * sequence map where the database stands. Call it before the pool opens, and apply from the positions that it leaves.
     * On return every stream has a position in the map and is known by its creation time; a {@link
     * io.harmonylite.snapshot.sequence.TableSequenceMap} in a database that the host has still to create begins empty.
     *
     * <p>A crash at any moment leaves the old database or the new one, and the next call ends in the same state. Two
     * processes do not recover one database at a time. A damaged snapshot is passed over where another one does; where a
     * prune retires the chosen one at that very moment, it decides again.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws SnapshotNotFoundException where that happens to one snapshot after the other
     * @throws StreamGapException where messages are gone and no snapshot has them
     * @throws StreamResetException where a stream is not the one that was followed
     * @throws PositionsLostException where the database holds rows and nothing says how far they are
     * @throws DatabaseDamagedException where the database is damaged, empty of structure or no database
     * @throws SnapshotConfigurationException where a stream does not exist and never did, or must not be asked
     * @throws SnapshotInProgressException where this manager is at work, or another process restores the database
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws StoreUnavailableException where the store cannot be reached
     * @throws PendingChangesException where changes that are not published cannot be carried over
     */
    public RecoveryReport recover(RecoveryOptions options) {
        return alone(
                Operation.RECOVER,
                path -> node.restoring(() -> recoveries.run(path, node.state(path), options)),
                report -> report.restored().map(SnapshotRepository::finding).orElse(Finding.of(0)));
    }

    /**
     * Retires the snapshots that the configured retention does not keep, and removes what nobody needs any more; as
     * {@link SnapshotRepository#prune}. Takes and restores may run meanwhile. The latest snapshot that covers the streams
     * stays, where the manager knows them.
     *
     * @throws SnapshotConfigurationException where no retention is configured
     * @throws StreamUnavailableException where the streams cannot be asked; nothing was retired
     */
    public PruneReport prune() {
        node.requireOpen();
        return upkeep.prune();
    }

    /**
     * Trims by the configured policy; as {@link #trim(TrimPolicy)}.
     *
     * @throws SnapshotConfigurationException where no policy is configured
     */
    public TrimReport trim() {
        return upkeep.trim();
    }

    /**
     * Removes what the latest two proven snapshots have made superfluous, as far as a policy allows: messages of the streams
     * that this node has applied too, and published rows of change logs in its database; as {@link SnapshotRepository#trim}.
     * Takes and restores may run meanwhile.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws SnapshotConfigurationException where the manager knows no streams, or they must not be asked or purged
     * @throws StreamUnavailableException where they cannot be reached
     */
    public TrimReport trim(TrimPolicy policy) {
        return upkeep.trim(policy);
    }

    /**
     * How it stands: with the snapshots in the store, with the streams, where the manager knows them, with this node, and with
     * what this manager did. Changes nothing; may be asked at any time, also while the manager is at work.
     *
     * <p>What cannot be reached is a reason, and no exception; it is tried for as long as any other call is, so ask on a
     * thread that may wait.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws SnapshotInterruptedException where the thread was interrupted
     */
    public SnapshotHealth health() {
        return repository.health(streams, facts, healthPolicy);
    }

    /** The half without the live database. */
    public SnapshotRepository repository() {
        return repository;
    }

    /**
     * Runs the loop on one daemon thread of its own; as {@link #start(ScheduledExecutorService)}.
     *
     * @throws SnapshotConfigurationException where no trigger is configured
     * @throws IllegalStateException where it was started already, or the manager is closed
     */
    public void start() {
        node.requireOpen();
        watching.start();
    }

    /**
     * Takes snapshots in the background from now on, where the trigger says that one is due, and prunes after each take where
     * a retention is configured; drills and trims where {@link WatchOptions} and {@link Builder#trimming} say so; until the
     * manager is closed. Returns at once. Call it after {@link #recover}.
     *
     * <p>A take that is due is left out where nothing has changed, that is, where a snapshot holds the same image at the same
     * positions; and where the newest snapshot is ahead of this node. Of several nodes any takes whose trigger fires, the one
     * that gets the lease first, where there is one; the others look again afterwards. Failures are logged and told to the
     * listener, and the next check waits longer with each of them; none ends the loop.
     *
     * @param scheduler says when; work is done on the builder's executor, or on daemon threads that end with it. It stays the
     *     host's, is never shut down, and may serve any number of managers
     * @throws SnapshotConfigurationException where no trigger is configured
     * @throws IllegalStateException where it was started already, or the manager is closed
     */
    public void start(ScheduledExecutorService scheduler) {
        node.requireOpen();
        watching.start(Objects.requireNonNull(scheduler, "scheduler"));
    }

    /** How the loop stands, and what its last check saw. Does no I/O; also after the manager is closed. */
    public WatchStatus watchStatus() {
        return watching.status();
    }

    /**
     * Refuses further takes and restores; a call that runs goes on to its end. Where the loop runs it is stopped, and has
     * ended on return: a take of it is cut short, and leaves nothing behind; SQLite's copy of the pages goes to its end first.
     * Where the trigger names the shutdown, a take that runs is waited for instead, and another one taken on this thread where
     * it is due. Idempotent. An interrupt ends that early, and is kept.
     */
    @Override
    public void close() {
        node.close();
        watching.stop();
    }

    private <T> T alone(Operation operation, Function<DatabasePath, T> work, Function<T, Finding> finding) {
        return observation.run(operation, () -> node.alone(work), finding);
    }

    /** Builds managers; options and defaults are those of {@link ManagerOptions}. */
    public static final class Builder extends ManagerOptions {

        private Builder(Path database, SnapshotCatalog catalog) {
            super(database, catalog);
        }

        /**
         * Builds it; does no I/O.
         *
         * @throws SnapshotConfigurationException where there are streams and no positions, or a trigger that can be due by
         *     streams alone, and no streams
         */
        public SnapshotManager build() {
            requireConsistent();
            return new SnapshotManager(this, ManagerParts.of(this));
        }

        @Override
        Builder self() {
            return this;
        }
    }
}

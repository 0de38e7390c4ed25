package io.harmonylite.snapshot;

import io.harmonylite.snapshot.change.LocalChanges;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.PositionsLostException;
import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamGapException;
import io.harmonylite.snapshot.exception.StreamResetException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.exception.UnknownPositionsException;
import io.harmonylite.snapshot.exception.UnpublishedChangesException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.health.NodeFacts;
import io.harmonylite.snapshot.internal.observation.Finding;
import io.harmonylite.snapshot.internal.observation.LastOutcomes;
import io.harmonylite.snapshot.internal.observation.Observation;
import io.harmonylite.snapshot.internal.prune.StoreClock;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.restore.ForeignRestore;
import io.harmonylite.snapshot.internal.restore.NodeState;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer.DanglingReferences;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.take.CaptureThrottle;
import io.harmonylite.snapshot.internal.take.TakeLease;
import io.harmonylite.snapshot.internal.take.TakePipeline;
import io.harmonylite.snapshot.internal.take.TakeResult;
import io.harmonylite.snapshot.internal.take.TakeSettings;
import io.harmonylite.snapshot.internal.take.TakeSource;
import io.harmonylite.snapshot.internal.take.TakeSource.WithUnpublished;
import io.harmonylite.snapshot.internal.watch.DrillDuty;
import io.harmonylite.snapshot.internal.watch.Duty;
import io.harmonylite.snapshot.internal.watch.LoopSettings;
import io.harmonylite.snapshot.internal.watch.Observer;
import io.harmonylite.snapshot.internal.watch.StoreTime;
import io.harmonylite.snapshot.internal.watch.TakeDuty;
import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchResult;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of a live database, restores onto it, and recovers it before it is used. One manager for one database
 * and one name in a store; a host has as many as it has databases.
 *
 * <p>Thread-safe. One take, restore or recovery at a time: a second one is refused, it does not wait. Store, executor and
 * connections stay the host's.
 */
public final class SnapshotManager implements AutoCloseable {

    private final Path database;
    private final SnapshotRepository repository;
    private final LastOutcomes outcomes = new LastOutcomes();
    private final Observation observation;
    private final HealthPolicy healthPolicy;
    private final Services services;
    private final TakePipeline takes;
    private final TakeLease lease;
    private final RestorePipeline restores;
    private final ForeignRestore foreignRestores;
    private final RecoveryPipeline recoveries;
    private final @Nullable Streams streams;
    private final @Nullable TrimPolicy trimming;
    private final @Nullable SequenceMap positions;
    private final @Nullable LocalChanges localChanges;
    private final Duration patience;
    private final WithUnpublished unpublished;
    private final @Nullable Retention retention;
    private final Duration grace;
    private final Watching watching;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean restoring;
    private volatile boolean closed;

    private SnapshotManager(Builder builder) {
        SnapshotCatalog catalog = builder.throttled();
        this.services = builder.services();
        this.database = builder.database;
        this.retention = builder.retention;
        this.streams = builder.streams;
        this.trimming = builder.trimming;
        this.grace = builder.grace;
        this.positions = builder.positions;
        this.localChanges = builder.localChanges;
        this.patience = builder.patience;
        this.unpublished = builder.unpublished;
        this.healthPolicy = builder.healthPolicy;
        this.observation = SnapshotRepository.observation(catalog, services).and(outcomes);
        this.repository = new SnapshotRepository(catalog, services, builder.scratch(), builder.leftOut(), observation);
        this.takes = new TakePipeline(services, builder.settings(), catalog);
        this.lease = new TakeLease(builder.lease, catalog.layout().name(), services.stages());
        this.restores = new RestorePipeline(services, catalog, builder.leftOut());
        this.foreignRestores = new ForeignRestore(services, catalog.layout().name(), builder.leftOut());
        this.recoveries = new RecoveryPipeline(services, catalog, builder.streams, restores);
        this.watching = watching(builder, catalog);
    }

    private Watching watching(Builder builder, SnapshotCatalog catalog) {
        WatchOptions options = builder.watch;
        return new Watching(
                builder.trigger,
                options,
                scheduler -> new LoopSettings(
                        scheduler, builder.executor(), services.clock(), services.random(), options.listener()),
                new ManagerDuties(catalog, options));
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
     * @throws UnpublishedChangesException where changes stay unpublished for longer than the take waits
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
        if (positions != null) {
            throw new SnapshotConfigurationException("the positions of " + database
                    + " are those of its sequence map, and cannot be given by hand beside it");
        }
        return takeAlone(given);
    }

    private SnapshotInfo takeAlone(Positions given) {
        return alone(
                Operation.TAKE,
                path -> {
                    NodeState node = node(path);
                    recoveries.requireTakeable(path, node);
                    return lease.run(() -> takes.run(path, source(given, node)));
                },
                taken -> Finding.of(taken.id(), taken.storedBytes()));
    }

    private TakeSource source(Positions given, NodeState node) {
        return new TakeSource(given, node.map(), node.changes(), patience, unpublished);
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
        checkOpen();
        return repository.prove();
    }

    /**
     * Restores onto the live database's path; as {@link SnapshotRepository#restore}. The sequence map refuses to count
     * meanwhile, and is at the snapshot's positions on return; changes that this node has not published are carried over,
     * unless the request says otherwise.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws UnpublishedChangesException where changes that are not published forbid it, or cannot be read
     */
    public RestoreReport restore(RestoreRequest request) {
        return alone(
                Operation.RESTORE,
                path -> restoring(() -> restores.run(request, path, node(path))),
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
     * @throws UnpublishedChangesException where changes that are not published forbid it, or cannot be carried over
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws StoreUnavailableException where its place cannot be reached
     */
    public HarmonyLiteRestoreReport restore(HarmonyLiteRestoreRequest request) {
        return alone(
                Operation.RESTORE,
                path -> restoring(() -> foreignRestores.run(request, path, node(path), recoveries.streamStates())),
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
        checkOpen();
        DatabasePath path = DatabasePath.resolve(database);
        return recoveries.plan(path, node(path), options);
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
     * processes do not recover one database at a time. A damaged snapshot is passed over where another one does.
     *
     * @throws IllegalStateException inside an action of the map
     * @throws StreamGapException where messages are gone and no snapshot has them
     * @throws StreamResetException where a stream is not the one that was followed
     * @throws PositionsLostException where the database holds rows and nothing says how far they are
     * @throws DatabaseDamagedException where the database is damaged, empty of structure or no database
     * @throws SnapshotConfigurationException where a stream does not exist and never did, or must not be asked
     * @throws SnapshotInProgressException where this manager is at work, or another process restores the database
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws StoreUnavailableException where the store cannot be reached
     * @throws UnpublishedChangesException where changes that are not published cannot be carried over
     */
    public RecoveryReport recover(RecoveryOptions options) {
        return alone(
                Operation.RECOVER,
                path -> restoring(() -> recoveries.run(path, node(path), options)),
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
        checkOpen();
        if (retention == null) {
            throw new SnapshotConfigurationException(
                    "no retention is configured, so nothing says what to keep; give the manager's builder one");
        }
        return repository.prune(PruneRequest.keeping(retention).grace(grace), recoveries::covering);
    }

    /**
     * Trims by the configured policy; as {@link #trim(TrimPolicy)}.
     *
     * @throws SnapshotConfigurationException where no policy is configured
     */
    public TrimReport trim() {
        if (trimming == null) {
            throw new SnapshotConfigurationException(
                    "trimming is off: nothing says what may be removed; give the manager's builder a policy");
        }
        return trim(trimming);
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
        checkOpen();
        if (streams == null) {
            throw new SnapshotConfigurationException(
                    "no streams are configured, so there is nothing to trim; give the manager's builder its streams");
        }
        return repository.trim(streams, policy, run -> {
            DatabasePath path = DatabasePath.resolve(database);
            MapControl map = node(path).map();
            return run.run(map == null ? null : map.read().positions(), path);
        });
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
        return repository.health(streams, new OwnFacts(), healthPolicy);
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
        checkOpen();
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
        checkOpen();
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
        closed = true;
        watching.stop();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the manager of " + database + " is closed");
        }
    }

    private NodeState node(DatabasePath path) {
        if (positions == null) {
            return new NodeState(null, localChanges);
        }
        MapControl map = MapControl.of(positions, path, services.connector());
        map.requireOutsideAction();
        return new NodeState(map, localChanges);
    }

    private <T> T restoring(Supplier<T> work) {
        restoring = true;
        try {
            return work.get();
        } finally {
            restoring = false;
        }
    }

    private <T> T alone(Operation operation, Function<DatabasePath, T> work, Function<T, Finding> finding) {
        return observation.run(operation, () -> alone(work), finding);
    }

    private <T> T alone(Function<DatabasePath, T> work) {
        checkOpen();
        return aloneWhateverIsClosed(work);
    }

    private <T> T aloneWhateverIsClosed(Function<DatabasePath, T> work) {
        if (!busy.compareAndSet(false, true)) {
            throw new SnapshotInProgressException(
                    "a take or restore of " + database + " runs already; wait until it is done");
        }
        try {
            return work.apply(DatabasePath.resolve(database));
        } finally {
            busy.set(false);
        }
    }

    /** What a health asks of this node. */
    private final class OwnFacts implements NodeFacts {

        @Override
        public boolean isRestoring() {
            return restoring;
        }

        @Override
        public @Nullable Positions positions() {
            MapControl map = node(DatabasePath.resolve(database)).map();
            return map == null ? null : map.read().positions();
        }

        @Override
        public RecoveryPlan plan() {
            DatabasePath path = DatabasePath.resolve(database);
            return recoveries.plan(path, node(path), RecoveryOptions.defaults());
        }

        @Override
        public WatchStatus watch() {
            return watchStatus();
        }

        @Override
        public List<OperationOutcome> failures() {
            return outcomes.failures();
        }
    }

    /** What the loop does with this manager. */
    private final class ManagerDuties implements Watching.Duties {

        private final SnapshotCatalog catalog;
        private final WatchOptions options;

        ManagerDuties(SnapshotCatalog catalog, WatchOptions options) {
            this.catalog = catalog;
            this.options = options;
        }

        @Override
        public TakeDuty take(Trigger trigger) {
            return new TakeDuty(
                    trigger,
                    new Observer(services, catalog, recoveries, this::ownPositions),
                    take -> aloneWhateverIsClosed(path -> lease.run(take)),
                    this::takeUnlessLike,
                    options.checkEvery());
        }

        private Positions ownPositions() {
            MapControl map = node(DatabasePath.resolve(database)).map();
            return map == null ? Positions.none() : map.read().positions();
        }

        private TakeResult takeUnlessLike(List<SnapshotInfo> others) {
            return observation.run(
                    Operation.TAKE,
                    () -> {
                        DatabasePath path = DatabasePath.resolve(database);
                        NodeState node = node(path);
                        recoveries.requireTakeable(path, node);
                        return takes.run(path, source(Positions.none(), node), others);
                    },
                    result -> Finding.of(result.snapshot().id(), result.storedBytes()));
        }

        @Override
        public @Nullable Duty prune() {
            return retention == null
                    ? null
                    : occasion -> {
                        repository.prune(PruneRequest.keeping(retention).grace(grace), recoveries::covering);
                        return WatchResult.of(WatchOutcome.DONE);
                    };
        }

        @Override
        public DrillDuty drill(Duration every) {
            StoreTime time = new StoreTime(new StoreClock(services, catalog), services.clock());
            return new DrillDuty(
                    every, time, () -> repository.lastProof().map(SnapshotProof::storedAt), repository::prove);
        }

        @Override
        public @Nullable Duty trim() {
            return trimming == null
                    ? null
                    : occasion -> WatchResult.of(
                            SnapshotManager.this.trim().removed() > 0 ? WatchOutcome.DONE : WatchOutcome.NOT_DUE);
        }

        @Override
        public Duration takeDeadline() {
            return options.takeDeadline().orElse(grace.dividedBy(2));
        }
    }

    /**
     * Builds managers. Defaults, beside those of {@link CommonOptions}:
     *
     * <ul>
     *   <li>node {@code node}
     *   <li>scratch files in the database's own directory
     *   <li>compaction {@link Compaction#WHEN_WORTHWHILE}, zstd level 1
     *   <li>the copy is checked by {@code quick_check}
     *   <li>reserved objects alone are left out, and nothing that stays may name them
     *   <li>grace period 24 hours, and no retention; trimming is off
     *   <li>health as {@link HealthPolicy#defaults} says
     *   <li>nothing is throttled
     *   <li>no trigger; a loop as {@link WatchOptions} says
     *   <li>no sequence map, no streams, no lease, no changes to be published; a take waits 30 seconds for those to be published
     * </ul>
     */
    public static final class Builder extends CommonOptions<Builder> {

        private static final Pattern NODE = Pattern.compile("[A-Za-z0-9_]{1,32}");
        private static final int MAX_LEVEL = 19;

        private final Path database;
        private final SnapshotCatalog catalog;
        private String node = "node";
        private @Nullable Path scratch;
        private Compaction compaction = Compaction.WHEN_WORTHWHILE;
        private int level = 1;
        private SoundnessCheck check = SoundnessCheck.QUICK;
        private Set<String> excluded = Set.of();
        private DanglingReferences dangling = DanglingReferences.REFUSED;
        private Duration grace = PruneRequest.DEFAULT_GRACE;
        private HealthPolicy healthPolicy = HealthPolicy.defaults();
        private @Nullable Retention retention;
        private @Nullable Trigger trigger;
        private @Nullable Long captureRate;
        private @Nullable Long uploadRate;
        private @Nullable Long fetchRate;
        private long walLimit = 1L << 30;
        private WatchOptions watch = WatchOptions.defaults();
        private @Nullable TrimPolicy trimming;
        private @Nullable SequenceMap positions;
        private @Nullable Streams streams;
        private @Nullable SnapshotLease lease;
        private @Nullable LocalChanges localChanges;
        private Duration patience = Duration.ofSeconds(30);
        private WithUnpublished unpublished = WithUnpublished.REFUSED;

        private Builder(Path database, SnapshotCatalog catalog) {
            this.database = database;
            this.catalog = catalog;
        }

        /**
         * Who takes the snapshots, part of their ids.
         *
         * @param value {@code [A-Za-z0-9_]{1,32}}
         */
        public Builder node(String value) {
            if (!NODE.matcher(value).matches()) {
                throw new IllegalArgumentException("not a node: '" + value + "'; it has 1 to 32 of [A-Za-z0-9_]");
            }
            node = value;
            return this;
        }

        /** Where copies are made: a directory that exists, with room for the database, twice where it is compacted. */
        public Builder scratchDirectory(Path directory) {
            scratch = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** Whether copies are compacted. */
        public Builder compaction(Compaction value) {
            compaction = Objects.requireNonNull(value, "compaction");
            return this;
        }

        /**
         * How hard pages are compressed.
         *
         * @param value a zstd level, 1 to 19
         */
        public Builder compressionLevel(int value) {
            if (value < 1 || value > MAX_LEVEL) {
                throw new IllegalArgumentException("a compression level is 1 to 19, not " + value);
            }
            level = value;
            return this;
        }

        /** Checks every copy by {@code integrity_check} instead of {@code quick_check}: indexes too, and slower. */
        public Builder fullCheck() {
            check = SoundnessCheck.FULL;
            return this;
        }

        /**
         * Leaves these tables out of snapshots, their indexes and triggers with them. A take fails where one is missing. A
         * restore does without them, unless a {@link StagedEdit} creates them again.
         */
        public Builder excludeTables(String... tables) {
            excluded = Set.of(tables);
            return this;
        }

        /** Takes snapshots even where a view, trigger or foreign key names a table that is left out. */
        public Builder allowDanglingReferences() {
            dangling = DanglingReferences.ALLOWED;
            return this;
        }

        /**
         * How long packs that no manifest names, and snapshots that are retired, are safe from pruning. A take that needs
         * more than half of it fails. The same everywhere the store is used.
         */
        public Builder grace(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("a grace period is positive: " + value);
            }
            grace = value;
            return this;
        }

        /** Which snapshots {@link SnapshotManager#prune} keeps. */
        public Builder retention(Retention value) {
            retention = Objects.requireNonNull(value, "retention");
            return this;
        }

        /** When {@link SnapshotManager#start the loop} takes a snapshot. */
        public Builder trigger(Trigger value) {
            trigger = Objects.requireNonNull(value, "trigger");
            return this;
        }

        /** How the loop runs. */
        public Builder watch(WatchOptions value) {
            watch = Objects.requireNonNull(value, "watch");
            return this;
        }

        /** From when on {@link SnapshotManager#health} is stale. */
        public Builder healthPolicy(HealthPolicy value) {
            healthPolicy = Objects.requireNonNull(value, "healthPolicy");
            return this;
        }

        /** What {@link SnapshotManager#trim} removes from streams and change logs. It needs {@link #streams}. */
        public Builder trimming(TrimPolicy value) {
            trimming = Objects.requireNonNull(value, "trimming");
            return this;
        }

        /**
         * How fast pages are copied from the live database at most, in WAL mode; in rollback mode, where writers wait for the
         * copy, it is never slowed down. While it lasts the log cannot be emptied: see {@link #walLimitBytes}.
         *
         * @throws IllegalArgumentException where it is less than 1
         */
        public Builder captureBytesPerSecond(long value) {
            captureRate = rate(value);
            return this;
        }

        /**
         * How large the {@code -wal} may become before a copy that is slowed down goes on as fast as can be; 1 GiB by default.
         *
         * @throws IllegalArgumentException where it is negative
         */
        public Builder walLimitBytes(long value) {
            if (value < 0) {
                throw new IllegalArgumentException("a limit is not negative: " + value);
            }
            walLimit = value;
            return this;
        }

        /**
         * How fast bytes are stored at most, all threads of this manager together.
         *
         * @throws IllegalArgumentException where it is less than 1
         */
        public Builder uploadBytesPerSecond(long value) {
            uploadRate = rate(value);
            return this;
        }

        /**
         * How fast bytes are fetched at most, all threads of this manager together.
         *
         * @throws IllegalArgumentException where it is less than 1
         */
        public Builder fetchBytesPerSecond(long value) {
            fetchRate = rate(value);
            return this;
        }

        private static long rate(long value) {
            if (value < 1) {
                throw new IllegalArgumentException("a rate is at least 1 byte per second, not " + value);
            }
            return value;
        }

        /** The durable positions of the streams: read by takes, set by restores. It stays the host's to close. */
        public Builder positions(SequenceMap value) {
            positions = Objects.requireNonNull(value, "positions");
            return this;
        }

        /** The streams that the host follows. They need {@link #positions}. */
        public Builder streams(Streams value) {
            streams = Objects.requireNonNull(value, "streams");
            return this;
        }

        /**
         * Who takes, where several nodes could: a take that another node's lease forbids is a
         * {@link SnapshotInProgressException}. It saves double work and nothing else: a take goes on where the lease cannot
         * be asked for, or is lost. It stays the host's.
         */
        public Builder lease(SnapshotLease value) {
            lease = Objects.requireNonNull(value, "lease");
            return this;
        }

        /** The changes of this node that are not published yet. */
        public Builder localChanges(LocalChanges value) {
            localChanges = Objects.requireNonNull(value, "localChanges");
            return this;
        }

        /** How long a take waits for a state in which nothing is still to be published, before it fails. */
        public Builder publishingPatience(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("a time is not negative: " + value);
            }
            patience = value;
            return this;
        }

        /**
         * Takes a snapshot also where the wait for that was in vain. What is in it and not published is told by {@link
         * SnapshotInfo#unpublished}: whoever restores it is given those messages once more.
         */
        public Builder recordUnpublished() {
            unpublished = WithUnpublished.RECORDED;
            return this;
        }

        /**
         * Builds it; does no I/O.
         *
         * @throws SnapshotConfigurationException where there are streams and no positions, or a trigger that can be due by
         *     streams alone, and no streams
         */
        public SnapshotManager build() {
            if (streams != null && positions == null) {
                throw new SnapshotConfigurationException(
                        "streams are followed by positions: give the manager of " + database + " a sequence map too");
            }
            if (streams == null && trigger != null && trigger.needsStreams()) {
                throw new SnapshotConfigurationException("a snapshot would never be due " + trigger
                        + ": give the manager of " + database + " streams, or another trigger");
            }
            return new SnapshotManager(this);
        }

        private SnapshotCatalog throttled() {
            return uploadRate == null && fetchRate == null
                    ? catalog
                    : catalog.throttled(
                            uploadRate == null ? null : Throttle.of(uploadRate),
                            fetchRate == null ? null : Throttle.of(fetchRate));
        }

        private Set<String> leftOut() {
            Set<String> leftOut = new HashSet<>(excluded);
            leftOut.addAll(nodesTables());
            return leftOut;
        }

        private Set<String> nodesTables() {
            return localChanges == null ? Set.of() : localChanges.tables();
        }

        private TakeSettings settings() {
            return new TakeSettings(
                    node,
                    LibraryVersion.CURRENT,
                    scratch,
                    new Sanitizer(excluded, nodesTables(), dangling),
                    compaction,
                    check,
                    level,
                    new CaptureThrottle(captureRate, walLimit),
                    grace);
        }

        private Path scratch() {
            Path parent = database.toAbsolutePath().getParent();
            return scratch == null ? Objects.requireNonNull(parent, "an absolute path of a file has one") : scratch;
        }

        @Override
        Builder self() {
            return this;
        }
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
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
import io.harmonylite.snapshot.health.FeedStatus;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.KeyRing;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.observation.OperationSummary;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer.DanglingReferences;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.take.CaptureSettings;
import io.harmonylite.snapshot.internal.take.TakeMode;
import io.harmonylite.snapshot.internal.take.TakeSettings;
import io.harmonylite.snapshot.internal.take.TakeSource.UnpublishedPolicy;
import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of a live database, restores onto it, and recovers it before use. One manager serves one database and
 * one name in a store; a host has one for each of its databases.
 *
 * <pre>{@code
 * try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
 *         .node("node_1")
 *         .sequenceMap(positions)
 *         .streams(streams)
 *         .trigger(Trigger.every(Duration.ofHours(6)))
 *         .build()) {
 *     manager.recover(); // before the connection pool opens
 *     manager.start(); // takes snapshots in the background
 *     SnapshotInfo taken = manager.take(); // takes one now
 * }
 * }</pre>
 *
 * <p>Thread-safe. Runs one take, restore or recovery at a time, and rejects a second one at once. Never closes the
 * store, executor, scheduler or sequence map: they stay the host's.
 */
public final class SnapshotManager implements AutoCloseable {

    private final ManagerWiring wiring;

    private SnapshotManager(ManagerWiring wiring) {
        this.wiring = wiring;
    }

    /**
     * Returns a builder of managers.
     *
     * @param name the name of the database's snapshots in the store: {@code [A-Za-z0-9._-]{1,64}}, not {@code .} or
     *     {@code ..}; unique to one database
     * @param database the path of the live database; it is never created, and only SQLite opens it
     * @throws IllegalArgumentException if the name has another form
     */
    public static Builder builder(String name, Path database, SnapshotStore store) {
        return new Builder(Objects.requireNonNull(database, "database"), SnapshotRepository.catalog(name, store));
    }

    /**
     * Takes a snapshot at the positions of the sequence map, or at no positions if there is no map. Image and positions
     * are of the same moment. Otherwise works as {@link #take(Positions)}.
     *
     * <p>If streams are configured, makes the plan of {@link #plan()} first, and fails unless that is up to date or
     * replay: a snapshot of a node that misses messages would pass its gap on. Then waits until no change is pending.
     * Binds a file map to the database again if anything was counted since; if that fails, it is logged.
     *
     * @throws IllegalStateException if called inside an action of the map
     * @throws StreamGapException if the node must be recovered first
     * @throws StreamResetException if a stream was deleted and created again
     * @throws PositionsLostException if the map's positions are not those of the database
     * @throws StreamUnavailableException if the streams cannot be read
     * @throws PendingChangesException if changes are still pending after {@link Builder#publishTimeout}
     */
    public SnapshotInfo take() {
        return take(TakeRequest.incremental());
    }

    /**
     * Takes a snapshot; committed, durable and confirmed on return. In WAL mode writers continue during the take; in
     * rollback mode they wait while the pages are copied.
     *
     * @param given positions that the database has already reached: read them <em>before</em> the call, so that the
     *     image is never behind them
     * @throws DatabaseNotFoundException if the database does not exist
     * @throws DatabaseDamagedException if it is empty, damaged, encrypted or not a database
     * @throws DatabaseInUseException if others keep it locked for longer than the busy timeout
     * @throws InsufficientSpaceException if there is too little space for the copy, or in the store
     * @throws SnapshotConfigurationException if a setting, a permission or the schema does not allow it, or if the
     *     manager has a sequence map
     * @throws SnapshotInProgressException if this manager runs another operation, the database is being restored, or
     *     another node holds the lease
     * @throws StoreUnavailableException if the store cannot be reached
     * @throws IndeterminateCommitException if the snapshot may or may not exist
     * @throws SnapshotInterruptedException if the thread was interrupted
     */
    public SnapshotInfo take(Positions given) {
        if (wiring.node.hasMap()) {
            throw positionsGiven();
        }
        return take(TakeRequest.incremental().positions(given));
    }

    /**
     * Takes a snapshot as requested. Otherwise works as {@link #take()}, or with positions as {@link #take(Positions)}.
     *
     * @throws SnapshotConfigurationException if positions are given and the manager has a sequence map, and as for
     *     {@link #take(Positions)}
     */
    public SnapshotInfo take(TakeRequest request) {
        if (wiring.node.hasMap() && !request.positions().isEmpty()) {
            throw positionsGiven();
        }
        return wiring.take(request.positions(), request.isFull() ? TakeMode.FULL : TakeMode.INCREMENTAL);
    }

    private SnapshotConfigurationException positionsGiven() {
        return new SnapshotConfigurationException("positions were given for " + wiring.node
                + ", although its sequence map provides them; take without positions");
    }

    /** Lists the snapshots; as {@link SnapshotRepository#list}. */
    public SnapshotListing list() {
        return wiring.repository.list();
    }

    /** Verifies a snapshot; as {@link SnapshotRepository#verify}. */
    public VerifyReport verify(SnapshotId id, VerifyDepth depth) {
        return wiring.repository.verify(id, depth);
    }

    /**
     * Runs a restore drill of the latest snapshot, in the scratch directory; as
     * {@link SnapshotRepository#drill()}. Takes and restores may run at the same time.
     */
    public VerifyReport drill() {
        wiring.node.requireOpen();
        return wiring.repository.drill();
    }

    /**
     * Restores a snapshot onto the live database's path; as {@link SnapshotRepository#restore}. The sequence map
     * rejects updates during the restore, and is at the snapshot's positions on return. Transfers this node's pending
     * changes, unless the request says otherwise.
     *
     * @throws IllegalStateException if called inside an action of the map
     * @throws PendingChangesException if pending changes forbid it, or cannot be read
     */
    public RestoreReport restore(RestoreRequest request) {
        return restoring(
                Operation.RESTORE,
                request.method(),
                claim -> wiring.restores.run(request, claim.path(), claim.state()),
                SnapshotRepository::summary);
    }

    /**
     * Restores a snapshot of HarmonyLite onto the live database's path, through the same stages as any other restore:
     * verifies it before the database is touched, and transfers this node's pending changes. Reads the states of the
     * streams first. On return the sequence map is before the first message that each stream keeps, so that all of them
     * are applied on top of the snapshot. The report lists what could not be proven.
     *
     * @throws UnknownPositionsException if the request does not accept unknown positions
     * @throws IllegalStateException if called inside an action of the map
     * @throws SnapshotNotFoundException if there is no snapshot
     * @throws CorruptSnapshotException if it is damaged, or not a database
     * @throws SnapshotConfigurationException if there is a sequence map without streams, a stream does not exist, or a
     *     permission does not allow it
     * @throws SchemaMismatchException if its schema is older than the database's
     * @throws DatabaseInUseException if others use the database
     * @throws PendingChangesException if pending changes forbid it, or cannot be transferred
     * @throws StreamUnavailableException if the streams cannot be read
     * @throws StoreUnavailableException if the snapshot's source cannot be reached
     */
    public HarmonyLiteRestoreReport restore(HarmonyLiteRestoreRequest request) {
        return restoring(
                Operation.RESTORE,
                request.options().method(),
                claim -> wiring.foreignRestores.run(request, claim.path(), claim.state(), wiring.recoveries.streams()),
                report -> SnapshotRepository.summary(Optional.empty(), report.restore()));
    }

    /**
     * Declares that no message of a stream is missing, although this node joined by a snapshot of HarmonyLite, which does
     * not record what it contains. Compare the tables with those of another node first. Durable on return.
     *
     * @throws SnapshotConfigurationException if no messages of the stream are possibly missing
     * @throws DatabaseInUseException if another connection holds the database locked for too long
     */
    public void acceptMissing(String stream) {
        wiring.acceptMissing(stream);
    }

    /** Plans a recovery with the default options; as {@link #plan(RecoveryOptions)}. */
    public RecoveryPlan plan() {
        return plan(RecoveryOptions.defaults());
    }

    /**
     * Returns what {@link #recover(RecoveryOptions)} would do, and why. Changes nothing, takes no exclusive lock, and may
     * be called at any time, also while an operation runs.
     *
     * @throws IllegalStateException if called inside an action of the map
     * @throws SnapshotConfigurationException if a stream does not exist and never did, or may not be read
     * @throws StreamUnavailableException if the streams cannot be read
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public RecoveryPlan plan(RecoveryOptions options) {
        wiring.node.requireOpen();
        return wiring.plan(options);
    }

    /** Recovers with the default options; as {@link #recover(RecoveryOptions)}. */
    public RecoveryReport recover() {
        return recover(RecoveryOptions.defaults());
    }

    /**
     * Makes the database safe to use: decides by {@link RecoveryPlan}, restores a snapshot if that is needed, and sets
     * the sequence map to the positions of the database. Call it before the connection pool opens, and apply messages
     * from the positions that it leaves. On return every stream has a position in the map, with its creation time. A
     * {@link io.harmonylite.snapshot.sequence.TableSequenceMap} in a database that the host has yet to create starts
     * empty.
     *
     * <p>A crash at any moment leaves the old database or the new one, and the next call reaches the same state. Two
     * processes never recover one database at the same time. A damaged snapshot is skipped if another one will do. If a
     * prune retires the chosen snapshot at that moment, the decision is made again.
     *
     * <p>Binds a file map to the database, which writes a row of this library to the database. Positions of a map that
     * does not belong to the database are ignored; the plan says why.
     *
     * @throws IllegalStateException if called inside an action of the map
     * @throws SnapshotNotFoundException if one chosen snapshot after another is retired
     * @throws StreamGapException if messages are gone and no snapshot contains them
     * @throws StreamResetException if a stream was deleted and created again
     * @throws PositionsLostException if the database has rows and their positions are unknown
     * @throws DatabaseDamagedException if the database is damaged, has no schema or is not a database
     * @throws SnapshotConfigurationException if a stream does not exist and never did, or may not be read
     * @throws SnapshotInProgressException if this manager runs another operation, or another process restores the
     *     database
     * @throws StreamUnavailableException if the streams cannot be read
     * @throws StoreUnavailableException if the store cannot be reached
     * @throws PendingChangesException if pending changes cannot be transferred
     */
    public RecoveryReport recover(RecoveryOptions options) {
        return restoring(
                Operation.RECOVER,
                InstallMethod.SWAP,
                claim -> wiring.recoveries.run(claim.path(), claim.state(), options),
                report -> report.restored().map(SnapshotRepository::summary).orElse(OperationSummary.of(0)));
    }

    /**
     * Checks whether HarmonyLite can be started on this node's database and sequence map without losing rows. Call it
     * after the node has stopped, then close the map. Changes nothing, and reads no snapshot.
     *
     * <p>HarmonyLite publishes before it has applied what waits in its streams, and then counts those messages as applied
     * (fault D4). It restores its own snapshot, without comparing it, if a position is less than the first sequence of a
     * stream (fault D9). So every stream must be applied to its end, and must hold the message of its position, unless it
     * was never used.
     *
     * @throws HandoverRejectedException if messages are still to be applied, or HarmonyLite would restore its own
     *     snapshot; the message and the exception have the number of pending changes and of messages
     * @throws QuarantinedRowsException if rows are in the database's quarantine
     * @throws StreamGapException if the node must be recovered first
     * @throws StreamResetException if a stream was deleted and created again
     * @throws PositionsLostException if the map's positions are not those of the database
     * @throws DatabaseNotFoundException if the database does not exist
     * @throws DatabaseDamagedException if it is damaged, has no schema or is not a database
     * @throws SnapshotConfigurationException if there is no file map or no stream, or a stream does not exist
     * @throws StreamUnavailableException if the streams cannot be read
     * @throws IllegalStateException if called inside an action of the map
     */
    public HandoverReport handover() {
        wiring.node.requireOpen();
        DatabasePath path = wiring.node.path();
        return wiring.recoveries.handover(path, wiring.node.state(path));
    }

    /**
     * Retires the snapshots that the configured retention does not keep, and removes objects that are no longer needed;
     * as {@link SnapshotRepository#prune}. Takes and restores may run at the same time. If streams are configured,
     * keeps the latest snapshot that covers them.
     *
     * @throws SnapshotConfigurationException if no retention is configured
     * @throws StreamUnavailableException if the streams cannot be read; nothing was retired
     */
    public PruneReport prune() {
        wiring.node.requireOpen();
        return wiring.prune();
    }

    /**
     * Trims by the configured policy; as {@link #trim(TrimPolicy)}.
     *
     * @throws SnapshotConfigurationException if no policy is configured
     */
    public TrimReport trim() {
        return wiring.trim();
    }

    /**
     * Removes what the latest two proven snapshots have made superfluous, as far as the policy allows: messages of the
     * streams that this node has applied, and published rows of change logs in its database; as {@link
     * SnapshotRepository#trim}. Takes and restores may run at the same time.
     *
     * @throws IllegalStateException if called inside an action of the map
     * @throws SnapshotConfigurationException if no streams are configured, or they may not be read or purged
     * @throws StreamUnavailableException if the streams cannot be reached
     */
    public TrimReport trim(TrimPolicy policy) {
        return wiring.trim(policy);
    }

    /**
     * Returns the health of the snapshots in the store, the configured streams, this node and this manager's
     * operations. Changes nothing, and may be called at any time, also while an operation runs.
     *
     * <p>A snapshot without any proof is a reason only if the loop was started and drills. A store or stream that cannot
     * be reached is reported as a reason and not thrown. It is retried for as long as in any other call, so call this on
     * a thread that may wait.
     *
     * @throws IllegalStateException if called inside an action of the map
     * @throws SnapshotInterruptedException if the thread was interrupted
     */
    public SnapshotHealth health() {
        return wiring.health();
    }

    /**
     * Makes the end and the lag of a feed part of {@link #health}: a feed that has ended is {@code FAILING}, until
     * another one is attached. The feed is built after {@link #recover}, so the builder cannot take it. Attach each
     * feed when it was started; it replaces the one before. The feed is not closed.
     */
    public void attachFeed(FeedStatus feed) {
        wiring.attachFeed(Objects.requireNonNull(feed, "feed"));
    }

    /** Returns the repository: the operations that need no live database. */
    public SnapshotRepository repository() {
        return wiring.repository;
    }

    /**
     * Starts the loop on a daemon thread of its own; as {@link #start(ScheduledExecutorService)}.
     *
     * @throws SnapshotConfigurationException if no trigger is configured, or the database has more than one name
     * @throws IllegalStateException if it was started before, or the manager is closed
     */
    public void start() {
        wiring.node.requireOpen();
        wiring.start();
    }

    /**
     * Starts the loop, which takes a snapshot in the background whenever the trigger fires, until the manager is
     * closed. It also drills, as {@link WatchOptions#drillEvery} says, prunes after each take if a retention is
     * configured, and trims if a {@link Builder#trimPolicy} is set. Returns at once. Call it after {@link #recover}.
     *
     * <p>A due take is skipped if a snapshot with the same image at the same positions exists, or if the newest
     * snapshot is ahead of this node. Of several nodes, any node takes whose trigger fires; with a lease, the first one
     * to acquire it, and the others check again afterwards. Failures are logged and reported to the listener, and
     * lengthen the wait until the next check. None ends the loop.
     *
     * @param scheduler starts the work, which runs on the builder's executor, or on daemon threads that end with it. It
     *     is never shut down, and may serve any number of managers
     * @throws SnapshotConfigurationException if no trigger is configured, or the database has more than one name
     * @throws IllegalStateException if it was started before, or the manager is closed
     */
    public void start(ScheduledExecutorService scheduler) {
        wiring.node.requireOpen();
        wiring.start(Objects.requireNonNull(scheduler, "scheduler"));
    }

    /**
     * Returns the state of the loop and the result of its last check. Does no I/O, and works after the manager is
     * closed.
     */
    public WatchStatus watchStatus() {
        return wiring.watch();
    }

    /**
     * Rejects further takes and restores; a call that runs continues to its end. If the loop runs, stops it, and
     * returns when it has ended. A take of the loop is interrupted and leaves nothing behind, but SQLite's copy of the
     * pages runs to its end first. If the trigger includes {@link Trigger#beforeClose}, waits for a running take
     * instead, and takes another snapshot on this thread if one is due. Idempotent. An interrupt ends that early, and
     * the thread stays interrupted.
     */
    @Override
    public void close() {
        wiring.node.close();
        wiring.stop();
    }

    private <T> T restoring(
            Operation operation,
            InstallMethod method,
            Function<LiveNode.Claim, T> work,
            Function<T, OperationSummary> summary) {
        return wiring.recorder.run(
                operation,
                () -> {
                    try (LiveNode.Claim claim = wiring.node.claimForRestore(method)) {
                        return work.apply(claim);
                    }
                },
                summary);
    }

    /**
     * Builds managers. Defaults:
     *
     * <ul>
     *   <li>node {@code node}
     *   <li>scratch directories in the directory of the database
     *   <li>compaction {@link Compaction#WHEN_WORTHWHILE}, zstd level 1
     *   <li>the copy is checked by {@code quick_check}
     *   <li>only reserved objects are left out, and nothing that stays may reference them
     *   <li>a grace period of 24 hours; no retention, and no trimming
     *   <li>health thresholds of {@link HealthPolicy#defaults}
     *   <li>{@link CaptureMethod#FILES}, no throttling, and a WAL limit of 1 GiB
     *   <li>no trigger; a loop with {@link WatchOptions#defaults}
     *   <li>no sequence map, no streams, no lease and no pending changes; a take waits 30 seconds for pending changes
     *       to be published, then fails
     *   <li>work runs on the calling thread, and on worker threads that end with the call
     *   <li>parallelism: the number of processors, in takes one fewer but at least one, so that writers have a processor;
     *       at most one for each 64 MiB of heap
     *   <li>connections as SQLite opens them, with a busy timeout of 5 seconds
     *   <li>no listener, and the system clock
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        private static final Pattern NODE = Pattern.compile("[A-Za-z0-9_]{1,32}");
        private static final int MAX_LEVEL = 19;

        final Path database;
        final ServiceOptions services = new ServiceOptions();
        Duration gracePeriod = PruneRequest.DEFAULT_GRACE;
        Duration publishTimeout = Duration.ofSeconds(30);
        UnpublishedPolicy unpublished = UnpublishedPolicy.REFUSED;
        HealthPolicy healthPolicy = HealthPolicy.defaults();
        WatchOptions watchOptions = WatchOptions.defaults();

        @Nullable
        RetentionPolicy retention;

        @Nullable
        TrimPolicy trimPolicy;

        @Nullable
        Trigger trigger;

        @Nullable
        SequenceMap sequenceMap;

        @Nullable
        Streams streams;

        @Nullable
        SnapshotLease lease;

        @Nullable
        PendingChanges pendingChanges;

        private final SnapshotCatalog catalog;
        private @Nullable KeyRing keys;
        private String node = "node";
        private @Nullable Path scratch;
        private Compaction compaction = Compaction.WHEN_WORTHWHILE;
        private int compressionLevel = 1;
        private SoundnessCheck check = SoundnessCheck.QUICK;
        private Set<String> excluded = Set.of();
        private DanglingReferences dangling = DanglingReferences.REFUSED;
        private CaptureMethod captureMethod = CaptureMethod.FILES;
        private @Nullable Long captureRate;
        private @Nullable Long uploadRate;
        private @Nullable Long fetchRate;
        private long walLimit = 1L << 30;

        private Builder(Path database, SnapshotCatalog catalog) {
            this.database = database;
            this.catalog = catalog;
        }

        /**
         * Sets the name of this node, which becomes part of the ids of its snapshots.
         *
         * @param value {@code [A-Za-z0-9_]{1,32}}
         * @throws IllegalArgumentException if it has another form
         */
        public Builder node(String value) {
            if (!NODE.matcher(value).matches()) {
                throw new IllegalArgumentException("the node is '" + value + "'; it must match " + NODE);
            }
            node = value;
            return this;
        }

        /**
         * Sets the directory for copies. It must exist, with free space for the database, or twice that if the copy is
         * compacted.
         */
        public Builder scratchDirectory(Path directory) {
            scratch = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /**
         * Sets the keys that seal each snapshot, so that only the owner of the keys can read and write it. Then
         * snapshots that were made without keys are rejected before anything is fetched, and so is a restore of a snapshot
         * that is behind the sequence map of an intact database.
         */
        public Builder keys(SnapshotKeys value) {
            keys = Objects.requireNonNull(value, "keys").ring;
            return this;
        }

        /** Sets when copies are compacted. */
        public Builder compaction(Compaction value) {
            compaction = Objects.requireNonNull(value, "compaction");
            return this;
        }

        /**
         * Sets the zstd level at which pages are compressed.
         *
         * @param level 1 to 19
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder compressionLevel(int level) {
            if (level < 1 || level > MAX_LEVEL) {
                throw new IllegalArgumentException("the compression level is " + level + "; it must be 1 to 19");
            }
            compressionLevel = level;
            return this;
        }

        /**
         * Checks each copy by {@code integrity_check} instead of {@code quick_check}: includes indexes, and is slower.
         */
        public Builder integrityCheck() {
            check = SoundnessCheck.FULL;
            return this;
        }

        /**
         * Leaves tables out of snapshots, with their indexes and triggers. A take fails if one of them does not exist.
         * After a restore they are missing, unless a {@link StagedEdit} creates them.
         */
        public Builder excludeTables(String... tables) {
            excluded = Set.of(tables);
            return this;
        }

        /** Allows takes if a view, trigger or foreign key references a table that is left out. */
        public Builder allowDanglingReferences() {
            dangling = DanglingReferences.ALLOWED;
            return this;
        }

        /**
         * Sets how long packs that no manifest references, and retired snapshots, are protected from pruning. A take
         * that lasts longer than half of it fails. Use the same value everywhere for one store.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder gracePeriod(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("the grace period is " + value + "; it must be positive");
            }
            gracePeriod = value;
            return this;
        }

        /** Sets which snapshots {@link SnapshotManager#prune} keeps. */
        public Builder retention(RetentionPolicy value) {
            retention = Objects.requireNonNull(value, "retention");
            return this;
        }

        /** Sets when {@linkplain SnapshotManager#start the loop} takes a snapshot. */
        public Builder trigger(Trigger value) {
            trigger = Objects.requireNonNull(value, "trigger");
            return this;
        }

        /** Sets the options of {@linkplain SnapshotManager#start the loop}. */
        public Builder watchOptions(WatchOptions value) {
            watchOptions = Objects.requireNonNull(value, "watchOptions");
            return this;
        }

        /** Sets the thresholds at which {@link SnapshotManager#health} reports problems. */
        public Builder healthPolicy(HealthPolicy value) {
            healthPolicy = Objects.requireNonNull(value, "healthPolicy");
            return this;
        }

        /** Sets what {@link SnapshotManager#trim} removes from streams and change logs. Requires {@link #streams}. */
        public Builder trimPolicy(TrimPolicy value) {
            trimPolicy = Objects.requireNonNull(value, "trimPolicy");
            return this;
        }

        /** Sets how takes copy the live database. */
        public Builder captureMethod(CaptureMethod value) {
            captureMethod = Objects.requireNonNull(value, "captureMethod");
            return this;
        }

        /**
         * Sets the maximum rate at which pages are copied from the live database, in WAL mode. A copy in rollback mode,
         * which writers wait for, is never throttled. The WAL file cannot be reset during the copy: see {@link
         * #walLimitBytes}.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder captureBytesPerSecond(long value) {
            captureRate = requireRate(value);
            return this;
        }

        /**
         * Sets the size of the WAL file from which on a throttled copy continues unthrottled; 1 GiB by default.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder walLimitBytes(long value) {
            if (value < 0) {
                throw new IllegalArgumentException("the WAL limit is " + value + " bytes; it must not be negative");
            }
            walLimit = value;
            return this;
        }

        /**
         * Sets the maximum rate of uploads, over all threads of this manager.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder uploadBytesPerSecond(long value) {
            uploadRate = requireRate(value);
            return this;
        }

        /**
         * Sets the maximum rate of downloads, over all threads of this manager.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder fetchBytesPerSecond(long value) {
            fetchRate = requireRate(value);
            return this;
        }

        private static long requireRate(long value) {
            if (value < 1) {
                throw new IllegalArgumentException("the rate is " + value + " bytes per second; it must be at least 1");
            }
            return value;
        }

        /** Sets the map of durable stream positions: takes read it, restores set it. The host closes it. */
        public Builder sequenceMap(SequenceMap value) {
            sequenceMap = Objects.requireNonNull(value, "sequenceMap");
            return this;
        }

        /** Sets the streams that the host follows. Requires {@link #sequenceMap}. */
        public Builder streams(Streams value) {
            streams = Objects.requireNonNull(value, "streams");
            return this;
        }

        /**
         * Sets the lease that selects one taker among several nodes: while another node holds it, a take fails with a
         * {@link SnapshotInProgressException}. It only saves repeated work: a take continues if the lease cannot be
         * requested, or is lost.
         */
        public Builder lease(SnapshotLease value) {
            lease = Objects.requireNonNull(value, "lease");
            return this;
        }

        /** Sets the source of this node's pending changes: those that are not yet published. */
        public Builder pendingChanges(PendingChanges value) {
            pendingChanges = Objects.requireNonNull(value, "pendingChanges");
            return this;
        }

        /**
         * Sets how long a take waits until no change is pending, before it fails.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder publishTimeout(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("the publish timeout is " + value + "; it must not be negative");
            }
            publishTimeout = value;
            return this;
        }

        /**
         * Takes the snapshot if changes are still pending after {@link #publishTimeout}, instead of failing. {@link
         * SnapshotInfo#pending} records what the image contains beyond its positions: a node that restores it
         * receives those messages again.
         */
        public Builder recordPendingChanges() {
            unpublished = UnpublishedPolicy.RECORDED;
            return this;
        }

        /**
         * Sets the executor of the worker threads. It is never shut down. If it is busy or rejects work, calls become
         * slower and otherwise stay the same.
         */
        public Builder executor(Executor value) {
            services.executor(value);
            return this;
        }

        /**
         * Sets the maximum number of threads that work at once, the calling thread included, in takes too. It is limited to one for
         * each 64 MiB of heap, and at least one.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder parallelism(int threads) {
            services.parallelism(threads);
            return this;
        }

        /** Sets the callback that prepares every connection that is opened. */
        public Builder connectionCustomizer(ConnectionCustomizer value) {
            services.connectionCustomizer(value);
            return this;
        }

        /**
         * Sets how long SQLite waits for a lock that others hold.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder busyTimeout(Duration value) {
            services.busyTimeout(value);
            return this;
        }

        /** Sets the listener for progress and outcomes. */
        public Builder listener(SnapshotListener value) {
            services.listener(value);
            return this;
        }

        /**
         * Sets the clock of this host. Three results depend on it: the ages in {@link SnapshotManager#health}, the age
         * from which {@link TrimPolicy#changeLogsOlderThan} removes rows, and {@link SnapshotInfo#created}, by which
         * {@link RestoreRequest#asOf} selects. Elsewhere its time is only shown. Pruning, triggers and drills measure
         * ages by the store's clock, and the latest snapshot is found by positions.
         */
        public Builder clock(InstantSource value) {
            services.clock(value);
            return this;
        }

        Builder random(RandomGenerator value) {
            services.random(value);
            return this;
        }

        Builder files(FileOperations value) {
            services.files(value);
            return this;
        }

        Builder connections(UnaryOperator<Connection> value) {
            services.connections(value);
            return this;
        }

        /**
         * Builds the manager; does no I/O.
         *
         * @throws SnapshotConfigurationException if there are streams without a sequence map, or a trigger that depends
         *     on streams alone without streams
         */
        public SnapshotManager build() {
            if (streams != null && sequenceMap == null) {
                throw new SnapshotConfigurationException("streams are configured for " + database
                        + " without a sequence map, which holds their positions; set one in the builder");
            }
            if (streams == null && trigger != null && trigger.needsStreams()) {
                throw new SnapshotConfigurationException("a snapshot of " + database + " would never be due " + trigger
                        + " without streams; set them in the builder, or use another trigger");
            }
            return new SnapshotManager(new ManagerWiring(this));
        }

        SnapshotCatalog throttledCatalog() {
            SnapshotCatalog keyed = catalog.withKeys(keys);
            return uploadRate == null && fetchRate == null
                    ? keyed
                    : keyed.throttled(
                            uploadRate == null ? null : Throttle.of(uploadRate),
                            fetchRate == null ? null : Throttle.of(fetchRate));
        }

        Set<String> tablesLeftOut() {
            Set<String> leftOut = new HashSet<>(excluded);
            leftOut.addAll(tablesOfPendingChanges());
            return leftOut;
        }

        private Set<String> tablesOfPendingChanges() {
            return pendingChanges == null ? Set.of() : pendingChanges.tables();
        }

        TakeSettings takeSettings() {
            return new TakeSettings(
                    node,
                    LibraryVersion.CURRENT,
                    scratch,
                    new Sanitizer(excluded, tablesOfPendingChanges(), dangling),
                    compaction,
                    check,
                    compressionLevel,
                    new CaptureSettings(captureMethod, captureRate, walLimit),
                    gracePeriod);
        }

        /** Returns the directory in which the repository rebuilds images. */
        Path verifyDirectory() {
            Path parent = database.toAbsolutePath().getParent();
            return scratch == null
                    ? Objects.requireNonNull(parent, "an absolute path of a file has a parent")
                    : scratch;
        }
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.OnlineRestoreUnsupportedException;
import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteVerifyReport;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.internal.catalog.Pins;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.catalog.StoreLayout;
import io.harmonylite.snapshot.internal.copy.CopyPipeline;
import io.harmonylite.snapshot.internal.format.KeyRing;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteExport;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteVerification;
import io.harmonylite.snapshot.internal.health.HealthGatherer;
import io.harmonylite.snapshot.internal.health.NodeFacts;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.observation.OperationRecorder;
import io.harmonylite.snapshot.internal.observation.OperationSummary;
import io.harmonylite.snapshot.internal.prune.PrunePipeline;
import io.harmonylite.snapshot.internal.prune.RetentionGuard;
import io.harmonylite.snapshot.internal.restore.Drill;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.restore.Verification;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.stream.StreamReader;
import io.harmonylite.snapshot.internal.trim.TrimPipeline;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists, verifies, prunes and restores the snapshots of one database in a store, without the live database.
 *
 * <pre>{@code
 * SnapshotStore store = FileSystemSnapshotStore.open(Path.of("/backup"));
 * SnapshotRepository repository = SnapshotRepository.of("orders", store);
 *
 * SnapshotInfo latest = repository.latest().orElseThrow();
 * VerifyReport verified = repository.verify(latest.id(), VerifyDepth.REBUILD);
 * if (verified.isSound()) {
 *     repository.restore(RestoreRequest.of(latest.id()), Path.of("/var/lib/orders/orders.db"));
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe. Holds no resource that must be closed; the host closes the store. Store calls that may
 * succeed later are retried, as by {@link RetryingSnapshotStore#of}.
 */
public final class SnapshotRepository {

    private final SnapshotCatalog catalog;
    private final Services services;
    private final Path scratch;
    private final Set<String> leftOut;
    private final OperationRecorder recorder;

    private SnapshotRepository(Builder builder) {
        this.services = builder.services.build();
        this.catalog = builder.catalog.withClock(services.clock()).withKeys(builder.keys);
        this.scratch = builder.scratch;
        this.leftOut = Set.of();
        this.recorder = recorder(catalog, services);
    }

    SnapshotRepository(
            SnapshotCatalog catalog, Services services, Path scratch, Set<String> leftOut, OperationRecorder recorder) {
        this.catalog = catalog;
        this.services = services;
        this.scratch = scratch;
        this.leftOut = leftOut;
        this.recorder = recorder;
    }

    static OperationRecorder recorder(SnapshotCatalog catalog, Services services) {
        return new OperationRecorder(catalog.layout().name(), services.clock(), services.stages()::ended);
    }

    /**
     * Creates a repository with default options.
     *
     * @throws IllegalArgumentException if the name does not have the form that {@link #builder} describes
     */
    public static SnapshotRepository of(String name, SnapshotStore store) {
        return builder(name, store).build();
    }

    /**
     * Returns a builder for a repository.
     *
     * @param name name of the database's snapshots in the store: {@code [A-Za-z0-9._-]{1,64}}, not {@code .} or {@code
     *     ..}
     * @param store the store, which the host closes
     * @throws IllegalArgumentException if the name does not have that form
     */
    public static Builder builder(String name, SnapshotStore store) {
        return new Builder(catalog(name, store));
    }

    static SnapshotCatalog catalog(String name, SnapshotStore store) {
        StoreLayout layout = new StoreLayout(Objects.requireNonNull(name, "name"));
        return new SnapshotCatalog(
                RetryingSnapshotStore.of(Objects.requireNonNull(store, "store")), layout, InstantSource.system());
    }

    /**
     * Returns the names of the snapshots in a store; not modifiable. Lists all objects, packs too.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public static SortedSet<String> names(SnapshotStore store) {
        TreeSet<String> names = new TreeSet<>();
        StoreFailures.calling(() -> RetryingSnapshotStore.of(store).list(""))
                .forEach(object -> StoreLayout.nameIn(object.name()).ifPresent(names::add));
        return Collections.unmodifiableSortedSet(names);
    }

    /**
     * Lists the present snapshots. Reads the beginning of each manifest.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public SnapshotListing list() {
        return catalog.list();
    }

    /**
     * Returns the latest readable snapshot: the one that is furthest in its streams. If several cannot be compared, it
     * is the one of the highest generation, which was begun last.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public Optional<SnapshotInfo> latest() {
        return SnapshotOrder.latest(list().snapshots());
    }

    /**
     * Verifies one snapshot. The report contains the problem if one is found.
     *
     * @throws SnapshotNotFoundException if there is no such snapshot
     * @throws StoreUnavailableException if the store cannot be reached
     * @throws InsufficientSpaceException if there is not enough space to rebuild the image
     */
    public VerifyReport verify(SnapshotId id, VerifyDepth depth) {
        Services run = services.withOwnProgress();
        return observed(Operation.VERIFY, run, () -> new Verification(run, catalog, scratch).run(id, depth));
    }

    /**
     * Runs a restore drill: fetches the latest snapshot, the one that {@link RestoreRequest#latest} would restore, rebuilds it
     * in a scratch directory, and lets SQLite check it completely. Replaces nothing. If the snapshot is sound, stores a proof,
     * which {@link #proofs} lists for every user of the store; otherwise the report holds the problem, and no proof is stored.
     * Durable on return, and safe to repeat.
     *
     * @throws SnapshotNotFoundException if there is no snapshot
     * @throws CorruptSnapshotException if a manifest that may be the latest cannot be read
     * @throws UnsupportedFormatException if such a manifest has a format that is too new
     * @throws StoreUnavailableException if the store cannot be reached
     * @throws InsufficientSpaceException if there is too little space to rebuild the image
     */
    public VerifyReport drill() {
        Services run = services.withOwnProgress();
        return observed(Operation.PROVE, run, () -> new Drill(run, catalog, scratch).run());
    }

    /**
     * Runs a restore drill of one snapshot; as {@link #drill()}.
     *
     * @throws SnapshotNotFoundException if the snapshot does not exist
     */
    public VerifyReport drill(SnapshotId id) {
        Services run = services.withOwnProgress();
        return observed(Operation.PROVE, run, () -> new Drill(run, catalog, scratch).run(id));
    }

    private VerifyReport observed(Operation operation, Services run, Supplier<VerifyReport> body) {
        return recorder.run(
                operation,
                body,
                report -> new OperationSummary(
                        Optional.of(report.id()), run.stages().done(Stage.FETCH), 0, 0, 0, report.problem()));
    }

    /**
     * Returns the proofs of snapshots in use, from all nodes, the proof that was stored last first. A prune keeps the
     * newest proof of each of the latest two proven snapshots.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public List<SnapshotProof> proofs() {
        return new Proofs(catalog).list();
    }

    /**
     * Returns the {@linkplain #proofs proof} that was stored last; empty if no snapshot in use was proven.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public Optional<SnapshotProof> lastProof() {
        return proofs().stream().findFirst();
    }

    /**
     * Returns the health of the snapshots in the store. Changes nothing.
     *
     * <p>A store that cannot be reached is reported as a reason and throws no exception. It is retried for as long as
     * in any other call.
     */
    public SnapshotHealth health(HealthPolicy policy) {
        return health(null, NodeFacts.none(null), policy);
    }

    /**
     * Returns the health of the snapshots and the streams, which also says whether a new node could join; otherwise
     * like {@link #health(HealthPolicy)}.
     */
    public SnapshotHealth health(Streams streams, HealthPolicy policy) {
        return health(streams, NodeFacts.none(null), policy);
    }

    /**
     * Returns the health of the snapshots and the streams, with the lag of a node; otherwise like {@link
     * #health(Streams, HealthPolicy)}.
     *
     * @param positions positions of the node
     */
    public SnapshotHealth health(Streams streams, Positions positions, HealthPolicy policy) {
        return health(streams, NodeFacts.none(positions), policy);
    }

    SnapshotHealth health(@Nullable Streams streams, NodeFacts node, HealthPolicy policy) {
        return SnapshotHealth.of(new HealthGatherer(catalog, streams, services.clock()).gather(node), policy);
    }

    /**
     * Restores a snapshot to a path; it is installed and durable on return. The database is untouched until the image
     * is complete, verified and durable. A failure leaves the database as it was.
     *
     * <p>Restores by swap by default. The caller promises that it has no connection open; the library has SQLite prove
     * this as far as possible. A restore under open connections must be requested {@linkplain RestoreRequest#online
     * online}.
     *
     * @throws SnapshotNotFoundException if no snapshot matches the request
     * @throws CorruptSnapshotException if the snapshot is damaged
     * @throws UnsupportedFormatException if the snapshot is too new
     * @throws DatabaseInUseException if the database is in use or, for an online restore, locked by a writer
     * @throws DatabaseDamagedException if the old database is damaged, so that nothing can be proven about its use
     * @throws SchemaMismatchException if the image has an older schema than the database
     * @throws OnlineRestoreUnsupportedException if the image cannot be installed under open connections
     * @throws DatabaseNotFoundException if there is no database to restore into online
     * @throws SnapshotConfigurationException if a permission or the file system does not allow the restore
     * @throws SnapshotInProgressException if another restore to this path is running
     * @throws InsufficientSpaceException if there is not enough space next to the database
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public RestoreReport restore(RestoreRequest request, Path database) {
        return recorder.run(
                Operation.RESTORE,
                () -> new RestorePipeline(services.withOwnProgress(), catalog, leftOut)
                        .run(request, DatabasePath.resolve(database, request.method()), NodeState.none()),
                SnapshotRepository::summary);
    }

    static OperationSummary summary(RestoreReport report) {
        return summary(Optional.of(report.snapshot().id()), report);
    }

    static OperationSummary summary(Optional<SnapshotId> id, RestoreReport report) {
        long image = report.snapshot().image().bytes();
        return new OperationSummary(id, report.bytesFetched(), 0, report.bytesReused(), image, Optional.empty());
    }

    /**
     * Verifies a snapshot of HarmonyLite: its header, SQLite's check and, if its location keeps one, its tag. Fetches
     * it into the scratch directory. The report contains any problem that is found.
     *
     * @throws SnapshotNotFoundException if there is no snapshot
     * @throws SnapshotConfigurationException if a permission does not allow it
     * @throws InsufficientSpaceException if there is not enough space to fetch it
     * @throws StoreUnavailableException if its location cannot be reached
     */
    public HarmonyLiteVerifyReport verify(HarmonyLiteSnapshotSource source) {
        return new HarmonyLiteVerification(services, scratch).run(source);
    }

    /**
     * Exports a snapshot as the plain database that HarmonyLite nodes restore; it is complete and durable on return.
     * The database is rebuilt and verified in the scratch directory first. The previous object stays in place until
     * then, if the location supports that; the report says whether it did.
     *
     * @throws SnapshotNotFoundException if there is no such snapshot
     * @throws CorruptSnapshotException if the snapshot is damaged
     * @throws SnapshotConfigurationException if the snapshot does not cover the requested streams, or a permission does
     *     not allow the export
     * @throws IndeterminateCommitException if the snapshot may or may not have been stored; repeating is safe
     * @throws InsufficientSpaceException if there is not enough space
     * @throws StreamUnavailableException if the states of the streams cannot be read
     * @throws StoreUnavailableException if the store or the location cannot be reached
     */
    public HarmonyLiteExportReport export(HarmonyLiteExportRequest request, HarmonyLiteSnapshotSink sink) {
        StreamReader streams = StreamReader.of(request.streams().orElse(null));
        return new HarmonyLiteExport(services, catalog, scratch).run(request, sink, streams.existing());
    }

    /**
     * Retires snapshots, and removes snapshots and orphans whose grace period has ended. Several prunes may run at any
     * time on any node, at the same time as takes and restores. A retired snapshot is no longer listed. Its packs stay
     * for the grace period, so that a running restore can still read them.
     *
     * <p>Never retired: the latest sound snapshot, the one of the highest generation, and pinned ones; nor, by a retention, the
     * latest two that were {@linkplain #drill proven}. Time is the store's own.
     *
     * @throws SnapshotNotFoundException if the requested snapshot does not exist
     * @throws SnapshotConfigurationException if the requested snapshot must be kept, or the store does not allow the
     *     prune
     * @throws StoreUnavailableException if the store cannot be reached; the next prune continues from there
     */
    public PruneReport prune(PruneRequest request) {
        return prune(request, RetentionGuard.none());
    }

    PruneReport prune(PruneRequest request, RetentionGuard keepers) {
        return recorder.run(
                Operation.PRUNE,
                () -> new PrunePipeline(services.withOwnProgress(), catalog, keepers).run(request),
                report -> OperationSummary.of(report.isDryRun() ? 0 : report.bytesFreed()));
    }

    /**
     * Removes from streams what the latest two snapshots that were {@linkplain #drill proven} have made superfluous, as far
     * as a policy allows. Safe to repeat; may run beside everything else. It never leaves a node that cannot be recovered;
     * see {@link io.harmonylite.snapshot.trim}.
     *
     * @throws SnapshotConfigurationException if a permission does not allow reading or purging the streams
     * @throws StreamUnavailableException if the streams cannot be reached; messages that were removed stay removed, and
     *     the next trim continues
     * @throws SnapshotNotFoundException if one of the two snapshots was retired during the call; nothing was removed
     * @throws StoreUnavailableException if the store cannot be reached; nothing was removed
     */
    public TrimReport trim(Streams streams, TrimPolicy policy) {
        return trim(streams, policy, run -> run.run(null, null));
    }

    TrimReport trim(Streams streams, TrimPolicy policy, Function<TrimPipeline, TrimReport> body) {
        return recorder.run(
                Operation.TRIM,
                () -> body.apply(new TrimPipeline(services.withOwnProgress(), catalog, streams, policy)),
                report -> OperationSummary.of(0));
    }

    /**
     * Copies snapshots to another store, under the same name: first the packs that it lacks, then the manifest; durable on
     * return. Every pack is checked against its digest before it is stored. Ids, generations, times and pins stay; proofs
     * do not, because they are about this store. The latest snapshot is copied first. Snapshots that the target has are
     * not checked; verify them there.
     *
     * <p>Takes, prunes and other copies may use both stores at the same time. If the copy is interrupted or fails, the same
     * call continues: it transfers no pack again. Packs of a snapshot that was not completed are removed by a prune of the
     * target after its grace period.
     *
     * <p>Snapshots in the target are ordered by generation, also those that are taken there. So do not take snapshots of
     * another database under this name there.
     *
     * @param target the store, which the host closes. The source is only read
     * @throws SnapshotNotFoundException if the requested snapshot does not exist
     * @throws CorruptSnapshotException if the requested snapshot is damaged; it is not stored in the target
     * @throws UnsupportedFormatException if the requested snapshot is too new
     * @throws SnapshotConfigurationException if target and source are the same, the requested snapshot was retired in the
     *     target, its packs there may be removed at any time, the copy lasts longer than half the grace period, or a
     *     permission does not allow it
     * @throws SnapshotInProgressException if another copy stored the requested snapshot at the same time
     * @throws IndeterminateCommitException if a snapshot may or may not have been stored; repeating is safe
     * @throws InsufficientSpaceException if the target is full
     * @throws StoreUnavailableException if one of the stores cannot be reached
     */
    public CopyReport copyTo(SnapshotStore target, CopyRequest request) {
        SnapshotCatalog other = catalog(catalog.layout().name(), target).withClock(services.clock());
        return recorder.run(
                Operation.COPY,
                () -> new CopyPipeline(services.withOwnProgress(), catalog, other, request).run(),
                report -> new OperationSummary(
                        request.id(),
                        report.bytes(),
                        0,
                        0,
                        0,
                        report.problems().values().stream().findFirst()));
    }

    /**
     * Prevents a snapshot from being retired until it is unpinned; durable on return.
     *
     * @throws SnapshotNotFoundException if the snapshot does not exist or is already retired
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public void pin(SnapshotId id) {
        new Pins(catalog).pin(id, services.randomName());
    }

    /**
     * Removes all pins of a snapshot. Does nothing if it has none.
     *
     * @throws SnapshotNotFoundException if there is no such snapshot
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public void unpin(SnapshotId id) {
        new Pins(catalog).unpin(id);
    }

    /**
     * Returns the pinned snapshots; not modifiable.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public SortedSet<SnapshotId> pinned() {
        return new Pins(catalog).pinned();
    }

    /**
     * Returns the retired snapshots that no prune has removed yet; not modifiable. They cannot be restored.
     *
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public SortedSet<SnapshotId> retired() {
        TreeSet<SnapshotId> retired = new TreeSet<>(catalog.marked());
        retired.removeAll(pinned());
        return Collections.unmodifiableSortedSet(retired);
    }

    /**
     * Builds repositories. Defaults:
     *
     * <ul>
     *   <li>scratch directories in the default temporary directory
     *   <li>work runs on the calling thread, and on worker threads that end with the call
     *   <li>parallelism: the number of processors, at most one for each 64 MiB of heap
     *   <li>connections as SQLite opens them, with a busy timeout of 5 seconds
     *   <li>no listener, no keys, and the system clock
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        private final SnapshotCatalog catalog;
        private final ServiceOptions services = new ServiceOptions();
        private @Nullable KeyRing keys;
        private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

        private Builder(SnapshotCatalog catalog) {
            this.catalog = catalog;
        }

        /** Sets the directory in which images are rebuilt and verified. It must exist. */
        public Builder scratchDirectory(Path directory) {
            scratch = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /**
         * Sets the executor of the worker threads. It is never shut down. If it is busy or rejects work, calls become slower
         * and otherwise stay the same.
         */
        public Builder executor(Executor value) {
            services.executor(value);
            return this;
        }

        /**
         * Sets the maximum number of threads that work at once, the calling thread included. It is limited to one for each 64
         * MiB of heap, and at least one.
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

        /**
         * Sets the keys that open snapshots. Then snapshots that were made without keys are rejected. Listing, pruning and
         * copying need no keys; with keys, what they list is authenticated.
         */
        public Builder keys(SnapshotKeys value) {
            keys = Objects.requireNonNull(value, "keys").ring;
            return this;
        }

        /** Sets the listener for progress and outcomes. */
        public Builder listener(SnapshotListener value) {
            services.listener(value);
            return this;
        }

        /**
         * Sets the clock of this host. The ages in {@link SnapshotRepository#health(HealthPolicy)} depend on it.
         * Elsewhere its time is only shown: pruning measures ages by the store's clock.
         */
        public Builder clock(InstantSource value) {
            services.clock(value);
            return this;
        }

        /** Builds the repository; does no I/O. */
        public SnapshotRepository build() {
            return new SnapshotRepository(this);
        }
    }
}

package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.OnlineRestoreRefusedException;
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
import io.harmonylite.snapshot.internal.catalog.StoreLayout;
import io.harmonylite.snapshot.internal.health.HealthGatherer;
import io.harmonylite.snapshot.internal.health.NodeFacts;
import io.harmonylite.snapshot.internal.observation.Finding;
import io.harmonylite.snapshot.internal.observation.Observation;
import io.harmonylite.snapshot.internal.prune.Keepers;
import io.harmonylite.snapshot.internal.prune.PrunePipeline;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.restore.Drill;
import io.harmonylite.snapshot.internal.restore.ForeignExport;
import io.harmonylite.snapshot.internal.restore.ForeignVerification;
import io.harmonylite.snapshot.internal.restore.NodeState;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.restore.Verification;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.trim.TrimPipeline;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one database in a store, without the live database: lists, verifies, prunes, restores to a path.
 *
 * <p>Immutable and thread-safe. Holds nothing that has to be closed; the store stays the host's. Every call to the store
 * is retried for a while where that may help.
 */
public final class SnapshotRepository {

    private final SnapshotCatalog catalog;
    private final Services services;
    private final Path scratch;
    private final Set<String> leftOut;
    private final Observation observation;

    private SnapshotRepository(Builder builder) {
        this.catalog = builder.catalog;
        this.services = builder.services();
        this.scratch = builder.scratch;
        this.leftOut = Set.of();
        this.observation = observation(catalog, services);
    }

    SnapshotRepository(
            SnapshotCatalog catalog, Services services, Path scratch, Set<String> leftOut, Observation observation) {
        this.catalog = catalog;
        this.services = services;
        this.scratch = scratch;
        this.leftOut = leftOut;
        this.observation = observation;
    }

    static Observation observation(SnapshotCatalog catalog, Services services) {
        return new Observation(catalog.layout().name(), services.clock(), services.stages()::ended);
    }

    /**
     * A repository with default options.
     *
     * @throws IllegalArgumentException where the name is not of the form that {@link #builder} says
     */
    public static SnapshotRepository of(String name, SnapshotStore store) {
        return builder(name, store).build();
    }

    /**
     * Begins to build a repository.
     *
     * @param name what the database's snapshots are called in the store: {@code [A-Za-z0-9._-]{1,64}}, not {@code .} or
     *     {@code ..}
     * @throws IllegalArgumentException where the name is not of that form
     */
    public static Builder builder(String name, SnapshotStore store) {
        return new Builder(catalog(name, store));
    }

    static SnapshotCatalog catalog(String name, SnapshotStore store) {
        StoreLayout layout = new StoreLayout(Objects.requireNonNull(name, "name"));
        return new SnapshotCatalog(RetryingSnapshotStore.of(Objects.requireNonNull(store, "store")), layout);
    }

    /**
     * Lists the snapshots that are there now. Reads the beginning of each manifest.
     *
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public SnapshotListing list() {
        return catalog.list();
    }

    /**
     * The latest readable snapshot: the one furthest in its streams; among those that cannot be compared, the one the
     * store received last.
     */
    public Optional<SnapshotInfo> latest() {
        return SnapshotOrder.latest(list().snapshots());
    }

    /**
     * Verifies one snapshot. What is wrong with it is part of the report.
     *
     * @throws SnapshotNotFoundException where there is no such snapshot
     * @throws StoreUnavailableException where the store cannot be reached
     * @throws InsufficientSpaceException where there is too little room to rebuild the image
     */
    public VerifyReport verify(SnapshotId id, VerifyDepth depth) {
        Services run = services.forAnother();
        return observed(Operation.VERIFY, run, () -> new Verification(run, catalog, scratch).run(id, depth));
    }

    /**
     * A restore drill: fetches the latest snapshot, the one that {@link RestoreRequest#latest} would restore, rebuilds it in
     * scratch, has SQLite check it completely, and writes that down in the store, where everybody sees it by {@link
     * #proofs}. Replaces nothing. What is wrong with the snapshot is part of the report, and nothing is written down then.
     * Durable on return; repeating it does no harm.
     *
     * @throws SnapshotNotFoundException where there is no snapshot
     * @throws CorruptSnapshotException where a manifest that may be the latest one's cannot be read
     * @throws UnsupportedFormatException where that is too new
     * @throws StoreUnavailableException where the store cannot be reached
     * @throws InsufficientSpaceException where there is too little room to rebuild the image
     */
    public VerifyReport prove() {
        Services run = services.forAnother();
        return observed(Operation.PROVE, run, () -> new Drill(run, catalog, scratch).run());
    }

    /**
     * As {@link #prove()}, with one snapshot.
     *
     * @throws SnapshotNotFoundException where there is no such snapshot
     */
    public VerifyReport prove(SnapshotId id) {
        Services run = services.forAnother();
        return observed(Operation.PROVE, run, () -> new Drill(run, catalog, scratch).run(id));
    }

    private VerifyReport observed(Operation operation, Services run, Supplier<VerifyReport> body) {
        return observation.run(
                operation,
                body,
                report -> new Finding(Optional.of(report.id()), run.stages().done(Stage.FETCH), report.problem()));
    }

    /**
     * Which snapshots in use were proven to be restorable, by whomever; the proof that was stored last in front. Pruning
     * keeps the newest proof of each of the latest two that were proven.
     *
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public List<SnapshotProof> proofs() {
        return new Proofs(catalog).list();
    }

    /** The last of the {@linkplain #proofs proofs}: when a snapshot was proven to be restorable at last. */
    public Optional<SnapshotProof> lastProof() {
        return proofs().stream().findFirst();
    }

    /**
     * How it stands with the snapshots themselves. Changes nothing.
     *
     * <p>A store that cannot be reached is a reason and no exception; it is tried for as long as any other call is.
     */
    public SnapshotHealth health(HealthPolicy policy) {
        return health(null, NodeFacts.none(null), policy);
    }

    /** As {@link #health(HealthPolicy)}, with the streams: whether a new node could join. */
    public SnapshotHealth health(Streams streams, HealthPolicy policy) {
        return health(streams, NodeFacts.none(null), policy);
    }

    /**
     * As {@link #health(Streams, HealthPolicy)}, with the lag of a node.
     *
     * @param positions how far the node is
     */
    public SnapshotHealth health(Streams streams, Positions positions, HealthPolicy policy) {
        return health(streams, NodeFacts.none(positions), policy);
    }

    SnapshotHealth health(@Nullable Streams streams, NodeFacts node, HealthPolicy policy) {
        return SnapshotHealth.of(new HealthGatherer(catalog, streams, services.clock()).gather(node), policy);
    }

    /**
     * Restores a snapshot onto a path; installed and durable on return. Until the image is complete, verified and
     * durable, the database is untouched; a failure leaves it as it was.
     *
     * <p>By swap, unless the request says otherwise: the caller vouches that no connection of his is open; SQLite is asked
     * for proof as far as it can give it. Or {@linkplain RestoreRequest#online online}, under open connections.
     *
     * @throws SnapshotNotFoundException where nothing fits the request
     * @throws CorruptSnapshotException where the snapshot is damaged
     * @throws UnsupportedFormatException where it is too new
     * @throws DatabaseInUseException where others use the database; online, where a writer holds it
     * @throws DatabaseDamagedException where the old database is damaged, so that nothing can be proven
     * @throws SchemaMismatchException where the image has an older schema than the database
     * @throws OnlineRestoreRefusedException where the image cannot be installed under open connections
     * @throws DatabaseNotFoundException where there is nothing to restore into online
     * @throws SnapshotConfigurationException where a permission or the file system does not allow it
     * @throws SnapshotInProgressException where another restore of this path runs
     * @throws InsufficientSpaceException where there is too little room beside the database
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public RestoreReport restore(RestoreRequest request, Path database) {
        return observation.run(
                Operation.RESTORE,
                () -> new RestorePipeline(services.forAnother(), catalog, leftOut)
                        .run(request, DatabasePath.resolve(database), NodeState.none()),
                SnapshotRepository::finding);
    }

    static Finding finding(RestoreReport report) {
        return Finding.of(report.snapshot().id(), report.snapshot().image().bytes());
    }

    /**
     * Verifies a snapshot of HarmonyLite's: its header, SQLite's check, its tag where its place keeps one. What is wrong with
     * it is part of the report. Fetches it into the scratch directory.
     *
     * @throws SnapshotNotFoundException where there is none
     * @throws SnapshotConfigurationException where a permission does not allow it
     * @throws InsufficientSpaceException where there is too little room for it
     * @throws StoreUnavailableException where its place cannot be reached
     */
    public HarmonyLiteVerifyReport verify(HarmonyLiteSnapshotSource source) {
        return new ForeignVerification(services, scratch).run(source);
    }

    /**
     * Writes a snapshot as the plain database that HarmonyLite's nodes restore; complete and durable in its place on return.
     * It is rebuilt and verified in the scratch directory first. What lay there stays until then, as far as the place allows
     * it, and the report says how far that was.
     *
     * @throws SnapshotNotFoundException where there is no such snapshot
     * @throws CorruptSnapshotException where it is damaged
     * @throws SnapshotConfigurationException where it does not cover the streams asked for, or a permission does not allow it
     * @throws IndeterminateCommitException where it may or may not be in its place; repeating is safe
     * @throws InsufficientSpaceException where there is too little room
     * @throws StreamUnavailableException where the streams cannot be asked
     * @throws StoreUnavailableException where store or place cannot be reached
     */
    public HarmonyLiteExportReport export(HarmonyLiteExportRequest request, HarmonyLiteSnapshotSink sink) {
        RecoveryPipeline asked = new RecoveryPipeline(
                services, catalog, request.streams().orElse(null), new RestorePipeline(services, catalog, leftOut));
        return new ForeignExport(services, catalog, scratch).run(request, sink, asked.streamStates());
    }

    /**
     * Retires snapshots, and removes what was retired a grace period ago and what no snapshot names. May run anywhere at
     * any time, several at once, beside takes and restores. What is retired is not listed any more; its packs stay for
     * the grace period, so that restores which run already find them.
     *
     * <p>Never retired: the latest sound snapshot, the one that was stored last, and pinned ones; nor, by a retention, the
     * latest two that were {@linkplain #prove proven}. Time is the store's own.
     *
     * @throws SnapshotNotFoundException where the snapshot asked for is not there
     * @throws SnapshotConfigurationException where the snapshot asked for must stay, or the store does not allow it
     * @throws StoreUnavailableException where the store cannot be reached; the next prune goes on where this one ended
     */
    public PruneReport prune(PruneRequest request) {
        return prune(request, Keepers.none());
    }

    PruneReport prune(PruneRequest request, Keepers keepers) {
        return observation.run(
                Operation.PRUNE,
                () -> new PrunePipeline(services.forAnother(), catalog, keepers).run(request),
                report -> Finding.of(report.isDryRun() ? 0 : report.bytesFreed()));
    }

    /**
     * Removes from streams what the latest two snapshots that were {@linkplain #prove proven} have made superfluous, as far
     * as a policy allows. Safe to repeat; may run beside everything else. It never leaves a node that cannot be recovered;
     * see {@link io.harmonylite.snapshot.trim}.
     *
     * @throws SnapshotConfigurationException where the streams must not be asked or purged
     * @throws StreamUnavailableException where they cannot be reached; what was removed stays removed, the next trim goes on
     * @throws SnapshotNotFoundException where one of the two was retired meanwhile; nothing was removed
     * @throws StoreUnavailableException where the store cannot be reached; nothing was removed
     */
    public TrimReport trim(Streams streams, TrimPolicy policy) {
        return trim(streams, policy, run -> run.run(null, null));
    }

    TrimReport trim(Streams streams, TrimPolicy policy, Function<TrimPipeline, TrimReport> body) {
        return observation.run(
                Operation.TRIM,
                () -> body.apply(new TrimPipeline(services.forAnother(), catalog, streams, policy)),
                report -> Finding.of(0));
    }

    /**
     * Keeps a snapshot from being retired until it is unpinned; durable on return.
     *
     * @throws SnapshotNotFoundException where it is not there, or is retired already
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public void pin(SnapshotId id) {
        new Pins(catalog).pin(id, services.randomName());
    }

    /**
     * Removes all pins of a snapshot; does nothing where it has none.
     *
     * @throws SnapshotNotFoundException where there is no such snapshot
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public void unpin(SnapshotId id) {
        new Pins(catalog).unpin(id);
    }

    /**
     * The snapshots that are pinned; not modifiable.
     *
     * @throws StoreUnavailableException where the store cannot be reached
     */
    public SortedSet<SnapshotId> pinned() {
        return new Pins(catalog).pinned();
    }

    /** Builds repositories; defaults as in {@link CommonOptions}, and scratch files in the default temporary directory. */
    public static final class Builder extends CommonOptions<Builder> {

        private final SnapshotCatalog catalog;
        private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

        private Builder(SnapshotCatalog catalog) {
            this.catalog = catalog;
        }

        /** Where images are rebuilt that are verified; a directory that exists. */
        public Builder scratchDirectory(Path directory) {
            scratch = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** Builds it; does no I/O. */
        public SnapshotRepository build() {
            return new SnapshotRepository(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}

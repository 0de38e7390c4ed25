package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.health.FeedStatus;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.changelog.Quarantine;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteRestore;
import io.harmonylite.snapshot.internal.health.NodeFacts;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.observation.LastOutcomes;
import io.harmonylite.snapshot.internal.observation.OperationRecorder;
import io.harmonylite.snapshot.internal.observation.OperationSummary;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.take.NodeTakes;
import io.harmonylite.snapshot.internal.take.TakeLease;
import io.harmonylite.snapshot.internal.take.TakeMode;
import io.harmonylite.snapshot.internal.take.TakePipeline;
import io.harmonylite.snapshot.internal.take.TakeResult;
import io.harmonylite.snapshot.internal.watch.DrillDuty;
import io.harmonylite.snapshot.internal.watch.LoopSettings;
import io.harmonylite.snapshot.internal.watch.Observer;
import io.harmonylite.snapshot.internal.watch.OwnScheduler;
import io.harmonylite.snapshot.internal.watch.StoreTime;
import io.harmonylite.snapshot.internal.watch.TakeDuty;
import io.harmonylite.snapshot.internal.watch.WatchLoop;
import io.harmonylite.snapshot.internal.watch.WatchResult;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Wires a manager: builds its parts from the options, connects them, and owns its loop. Thread-safe. */
final class ManagerWiring implements NodeFacts {

    final OperationRecorder recorder;
    final SnapshotRepository repository;
    final LiveNode node;
    final RestorePipeline restores;
    final HarmonyLiteRestore foreignRestores;
    final RecoveryPipeline recoveries;

    private final Services services;
    private final SnapshotCatalog catalog;
    private final LastOutcomes outcomes = new LastOutcomes();
    private final NodeTakes takes;
    private final Executor executor;
    private final Duration gracePeriod;
    private final HealthPolicy healthPolicy;
    private final WatchOptions watchOptions;
    private final @Nullable RetentionPolicy retention;
    private final @Nullable TrimPolicy trimPolicy;
    private final @Nullable Trigger trigger;
    private final @Nullable Streams streams;

    private volatile @Nullable FeedStatus feed;
    private @Nullable WatchLoop loop;
    private @Nullable TakeDuty takeDuty;
    private Runnable releaseScheduler = () -> {};
    private boolean stopped;

    /** Builds the parts from the options; does no I/O. */
    ManagerWiring(SnapshotManager.Builder options) {
        Set<String> leftOut = options.tablesLeftOut();
        this.executor = options.services.executor();
        this.gracePeriod = options.gracePeriod;
        this.healthPolicy = options.healthPolicy;
        this.watchOptions = options.watchOptions;
        this.retention = options.retention;
        this.trimPolicy = options.trimPolicy;
        this.trigger = options.trigger;
        this.streams = options.streams;
        this.services = options.services.build();
        this.catalog = options.throttledCatalog().withClock(services.clock());
        this.recorder = SnapshotRepository.recorder(catalog, services).and(outcomes);
        this.repository = new SnapshotRepository(catalog, services, options.verifyDirectory(), leftOut, recorder);
        this.node = new LiveNode(
                options.database,
                options.sequenceMap,
                options.pendingChanges,
                services.connector(),
                services::randomName);
        this.restores = new RestorePipeline(services, catalog, leftOut);
        this.foreignRestores = new HarmonyLiteRestore(services, catalog.layout().name(), leftOut);
        this.recoveries = new RecoveryPipeline(services, catalog, streams, restores, foreignRestores);
        this.takes = new NodeTakes(
                node,
                new TakePipeline(services, options.takeSettings(), catalog),
                new TakeLease(options.lease, catalog.layout().name(), services.stages()),
                recoveries::requireTakeable,
                options.publishTimeout,
                options.unpublished);
    }

    SnapshotInfo take(Positions given, TakeMode mode) {
        return recorder.run(Operation.TAKE, () -> takes.take(given, mode), ManagerWiring::summary)
                .snapshot();
    }

    private static OperationSummary summary(TakeResult taken) {
        SnapshotInfo snapshot = taken.snapshot();
        return new OperationSummary(
                Optional.of(snapshot.id()),
                taken.storedBytes(),
                snapshot.storedBytes() + snapshot.referencedBytes() - taken.storedBytes(),
                0,
                snapshot.image().bytes(),
                Optional.empty(),
                taken.novelty() == TakeResult.Novelty.UNCHANGED);
    }

    RecoveryPlan plan(RecoveryOptions options) {
        DatabasePath path = node.path();
        return recoveries.plan(path, node.state(path), options);
    }

    PruneReport prune() {
        if (retention == null) {
            throw new SnapshotConfigurationException(
                    "no retention is configured, so every snapshot is kept; set one in the manager's builder");
        }
        return repository.prune(PruneRequest.retain(retention).gracePeriod(gracePeriod), recoveries::covering);
    }

    TrimReport trim() {
        if (trimPolicy == null) {
            throw new SnapshotConfigurationException(
                    "no trim policy is configured, so nothing is trimmed; set one in the manager's builder");
        }
        return trim(trimPolicy);
    }

    TrimReport trim(TrimPolicy policy) {
        node.requireOpen();
        if (streams == null) {
            throw new SnapshotConfigurationException(
                    "no streams are configured, so nothing can be trimmed; set them in the manager's builder");
        }
        return repository.trim(streams, policy, pipeline -> {
            DatabasePath path = node.path();
            return pipeline.run(node.positions(path), path);
        });
    }

    SnapshotHealth health() {
        return repository.health(streams, this, healthPolicy);
    }

    @Override
    public boolean isRestoring() {
        return node.isRestoring();
    }

    @Override
    public @Nullable Positions positions() {
        return node.positions(node.path());
    }

    @Override
    public RecoveryPlan plan() {
        return plan(RecoveryOptions.defaults());
    }

    @Override
    public String quarantined() {
        return look(Quarantine::names, "");
    }

    @Override
    public SortedMap<String, SequenceRange> possiblyMissing() {
        return look(
                connection -> OriginTable.read(connection)
                        .map(Origin::possiblyMissing)
                        .orElseGet(Collections::emptySortedMap),
                Collections.emptySortedMap());
    }

    void acceptMissing(String stream) {
        if (!OriginTable.acceptMissing(node.path(), services.connector(), stream)) {
            throw new SnapshotConfigurationException("no messages of stream " + stream
                    + " are possibly missing; the streams of which some are: "
                    + possiblyMissing().keySet());
        }
    }

    private <T> T look(LiveDatabase.Query<T> query, T missing) {
        DatabasePath path = node.path();
        try {
            return path.isMissingOrEmpty()
                    ? missing
                    : LiveReader.look(path, services.connector().untrusting(), query);
        } catch (DatabaseDamagedException e) {
            return missing; // The plan reports it.
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    void attachFeed(FeedStatus attached) {
        feed = attached;
    }

    @Override
    public @Nullable FeedStatus feed() {
        return feed;
    }

    @Override
    public synchronized WatchStatus watch() {
        if (loop == null || takeDuty == null) {
            return WatchStatus.NOT_STARTED;
        }
        WatchStatus.State state = stopped ? WatchStatus.State.STOPPED : WatchStatus.State.ON;
        return new WatchStatus(state, loop.status(), Optional.ofNullable(takeDuty.observation()));
    }

    /** A proof is expected once the first drill of the loop had its turn. Until then it finds nothing to prove. */
    @Override
    public boolean isProofExpected() {
        return watch().duty(WatchDuty.DRILL)
                .last()
                .filter(drill -> drill.outcome() != WatchOutcome.NOT_DUE)
                .isPresent();
    }

    @Override
    public List<OperationOutcome> failures() {
        return outcomes.failures();
    }

    /** Starts the loop on a daemon thread of its own. */
    void start() {
        ScheduledExecutorService own = OwnScheduler.create();
        start(own, own::shutdownNow);
    }

    /** Starts the loop on the host's scheduler. */
    void start(ScheduledExecutorService scheduler) {
        start(scheduler, () -> {});
    }

    private synchronized void start(ScheduledExecutorService scheduler, Runnable release) {
        if (trigger == null) {
            throw new SnapshotConfigurationException(
                    "no trigger is configured, so no snapshot is ever due; set one in the manager's builder");
        }
        if (loop != null || stopped) {
            throw new IllegalStateException("the loop was started before, or the manager is closed");
        }
        node.path(); // Throws if no take can succeed.
        node.bindIf(recoveries::isMapOfDatabase);
        releaseScheduler = release;
        takeDuty = takeDuty(trigger);
        loop = loop(scheduler, takeDuty);
        loop.start();
    }

    private WatchLoop loop(ScheduledExecutorService scheduler, TakeDuty take) {
        WatchLoop created = new WatchLoop(
                new LoopSettings(scheduler, executor, services.clock(), services.random(), watchOptions.listener()),
                watchOptions);
        Duration takeDeadline = watchOptions.takeDeadline().orElse(gracePeriod.dividedBy(2));
        created.add(WatchDuty.TAKE, take, watchOptions.checkEvery(), takeDeadline);
        if (retention != null) {
            created.add(WatchDuty.PRUNE, occasion -> pruneDue(), null, null);
        }
        DrillDuty drill = watchOptions.drillEvery().map(this::drillDuty).orElse(null);
        if (drill != null) {
            created.add(WatchDuty.DRILL, drill, drill.period(), null);
        }
        if (trimPolicy != null) {
            created.add(WatchDuty.TRIM, occasion -> trimDue(), watchOptions.trimEvery(), null);
        }
        return created;
    }

    private TakeDuty takeDuty(Trigger due) {
        return new TakeDuty(
                due,
                new Observer(services, catalog, recoveries, this::knownPositions),
                takes::exclusively,
                this::takeUnlessUnchanged,
                watchOptions.checkEvery());
    }

    private Positions knownPositions() {
        Positions positions = positions();
        return positions == null ? Positions.none() : positions;
    }

    private TakeResult takeUnlessUnchanged() {
        return recorder.run(Operation.TAKE, takes::takeUnlessUnchanged, ManagerWiring::summary);
    }

    private WatchResult pruneDue() {
        prune();
        return WatchResult.of(WatchOutcome.DONE);
    }

    private DrillDuty drillDuty(Duration every) {
        StoreTime time = new StoreTime(new StoreClock(services, catalog), services.clock());
        return new DrillDuty(
                every,
                time,
                () -> !catalog.inUse().isEmpty(),
                () -> repository.lastProof().map(SnapshotProof::storedAt),
                repository::drill);
    }

    private WatchResult trimDue() {
        return WatchResult.of(trim().removed() > 0 ? WatchOutcome.DONE : WatchOutcome.NOT_DUE);
    }

    /** Stops the loop for good; it has ended on return. */
    void stop() {
        WatchLoop running;
        synchronized (this) {
            running = stopped ? null : loop;
            stopped = true;
        }
        if (running != null && trigger != null) {
            if (trigger.isForClose()) {
                running.stopAfterLastTake();
            } else {
                running.stop();
            }
            releaseScheduler.run();
        }
    }
}
